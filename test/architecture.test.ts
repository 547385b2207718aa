import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** What the files of a folder may import: folders of this project, packages, Node's own modules. The longest matching prefix counts. */
interface Layer {
  folders: string[];
  packages?: string[];
  node?: boolean;
}
const layers: Record<string, Layer> = {
  'src/shared': { folders: ['src/shared'] },
  'src/shared/config': { folders: ['src/shared'], packages: ['zod', 'yaml'] },
  'src/dsp': {
    folders: ['src/dsp', 'src/shared'],
    packages: ['wavefile'],
  },
  'src/asr': { folders: ['src/asr', 'src/dsp', 'src/shared'] },
  'src/graph': { folders: ['src/graph', 'src/shared'] },
  'src/nn': { folders: ['src/nn', 'src/graph', 'src/shared'] },
  'src/analysis': { folders: ['src/analysis', 'src/nn', 'src/graph', 'src/asr', 'src/dsp', 'src/shared'] },
  'src/training': {
    folders: ['src/training', 'src/analysis', 'src/nn', 'src/graph', 'src/asr', 'src/dsp', 'src/shared'],
    node: true,
  },
  'src/engine': {
    folders: ['src/engine', 'src/training', 'src/analysis', 'src/nn', 'src/graph', 'src/asr', 'src/dsp', 'src/shared'],
    node: true,
  },
  'src/engine/serve': {
    folders: ['src/engine', 'src/asr', 'src/dsp', 'src/training', 'src/shared'],
    packages: ['ws'],
    node: true,
  },
  'src/engine/ort': {
    folders: ['src/engine/ort', 'src/engine/parallel', 'src/training', 'src/nn', 'src/asr', 'src/graph', 'src/shared'],
    packages: ['onnxruntime-node'],
    node: true,
  },
  'src/engine/parallel': {
    folders: ['src/engine/parallel', 'src/training', 'src/nn', 'src/shared'],
    packages: ['koffi'],
    node: true,
  },
  'src/extension': { folders: ['src/extension'], packages: ['vscode'] },
  'src/extension/services': {
    folders: ['src/extension/services', 'src/shared', 'src/dsp', 'src/asr'],
    packages: ['vscode'],
    node: true,
  },
  'src/extension/features': {
    folders: ['src/extension/services', 'src/shared', 'src/dsp', 'src/asr'],
    packages: ['vscode'],
    node: true,
  },
  webview: { folders: ['webview/ui', 'src/shared', 'src/dsp', 'src/asr'] },
  'webview/ui': {
    folders: ['webview/ui', 'src/shared', 'src/dsp', 'src/asr'],
    packages: ['@vscode/webview-ui-toolkit', 'uplot'],
  },
};

/** Worker entries: a bundle of their own beside the host, so they may reach what their process needs. */
const workers: Record<string, Layer> = {
  'src/extension/services/analysisWorker.ts': {
    folders: ['src/training', 'src/analysis', 'src/shared'],
    node: true,
  },
  'src/extension/features/spectrogram/augment/augmentWorker.ts': {
    folders: ['src/training', 'src/shared'],
    node: true,
  },
  'src/extension/features/dataLint/worker/lintWorker.ts': {
    folders: ['src/training', 'src/asr', 'src/shared'],
    node: true,
  },
  'src/extension/features/spectrogram/annotations/worker/findSources.ts': {
    folders: ['src/training', 'src/asr', 'src/shared'],
    node: true,
  },
  'src/extension/features/dataset/worker/datasetWorker.ts': {
    folders: ['src/training', 'src/extension/services', 'src/asr', 'src/shared'],
    node: true,
  },
  'src/extension/features/dataset/worker/documents.ts': {
    folders: ['src/training', 'src/asr', 'src/shared'],
    node: true,
  },
};

const sources = ['src', 'webview'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts'))
    .filter((name) => !dirname(name).endsWith('assembly'))
    .map((name) => join(folder, name)),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/^\s*(\/\/|\*).*$/gm, '');
  return [
    ...text.matchAll(
      /(?:^|[;\s])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s*['"]([^'"]+)['"]/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3]!);
}

function layerOf(file: string): { name: string; layer: Layer } {
  if (workers[file]) return { name: file, layer: workers[file] };
  const name = Object.keys(layers)
    .filter((prefix) => file.startsWith(`${prefix}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (!name) throw new Error(`${file} is in no layer of test/architecture.test.ts`);
  return { name, layer: layers[name]! };
}

/** The folder that may not see its siblings: a feature of the extension, a view. */
const island = (file: string): string =>
  /^src\/extension\/features\/[^/]+\//.exec(file)?.[0] ?? /^webview\/[^/]+\//.exec(file)?.[0] ?? '';

function violation(file: string, specifier: string): string | undefined {
  const { name, layer } = layerOf(file);
  const wrong = (why: string) => `${file} (${name}) imports ${specifier}: ${why}`;
  if (specifier.startsWith('node:')) return layer.node ? undefined : wrong('Node modules are not for this layer');
  if (!specifier.startsWith('.')) {
    const known = layer.packages?.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    return known ? undefined : wrong('package not listed for this layer');
  }
  const target = relative(root, join(root, dirname(file), specifier));
  if (!target.endsWith('.ts') && !target.endsWith('.json')) return wrong('relative imports name the .ts file');
  if (island(file) && target.startsWith(island(file))) return undefined;
  const inside = layer.folders.some((folder) => target.startsWith(`${folder}/`));
  return inside ? undefined : wrong(`only ${layer.folders.join(', ')} are below this layer`);
}

describe('architecture', () => {
  it('sees the whole tree', () => {
    expect(sources.length).toBeGreaterThan(60);
    expect(sources.map((file) => importsOf(file).length).reduce((a, b) => a + b, 0)).toBeGreaterThan(100);
  });

  it('keeps every import within the layer table', () => {
    const found = sources.flatMap((file) => importsOf(file).map((specifier) => violation(file, specifier)));
    expect(found.filter((text) => text !== undefined)).toEqual([]);
  });

  it('catches planted faults', () => {
    expect(violation('src/graph/x.ts', '../nn/layers/conv.ts')).toContain('below this layer');
    expect(violation('src/dsp/x.ts', 'node:fs')).toContain('Node modules');
    expect(violation('src/extension/features/a/x.ts', '../b/y.ts')).toContain('below this layer');
    expect(violation('src/extension/features/a/x.ts', '../../../engine/main.ts')).toContain('below this layer');
    expect(violation('src/asr/x.ts', 'lodash')).toContain('not listed');
    expect(violation('webview/spectrogram/x.ts', 'vscode')).toContain('not listed');
    expect(violation('src/training/x.ts', 'onnxruntime-node')).toContain('not listed');
  });

  it('keeps files within 400 lines and free of catch-all names', () => {
    const long = sources
      .filter((file) => !file.endsWith('.generated.ts'))
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 401);
    expect(long).toEqual([]);
    expect(sources.filter((file) => /(^|\/)(utils?|common|helpers?|types)(\/|\.ts$)/.test(file))).toEqual([]);
  });

  it('has a reason in docs/decisions/002 for every dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const reasons = readFileSync(join(root, 'docs/decisions/002-dependencies.md'), 'utf8');
    const names = Object.keys({ ...dependencies, ...devDependencies });
    expect(names.filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
    const specifiers = sources.flatMap(importsOf);
    const imported = (name: string) => specifiers.some((one) => one === name || one.startsWith(`${name}/`));
    // Its WASM alone is used, as a generated file.
    const embedded = [
      ...['@echogarden/speex-resampler-wasm', '@echogarden/fvad-wasm'],
      ...['minimp3-wasm', 'opus-decoder', '@wasm-audio-decoders/ogg-vorbis'],
    ];
    expect(Object.keys(dependencies).filter((name) => !imported(name) && !embedded.includes(name))).toEqual([]);
  });

  it('bans data and handlers in html', () => {
    const banned = /\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\(/;
    expect(sources.filter((file) => banned.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });
});

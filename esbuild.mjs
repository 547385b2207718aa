// All bundles in one list. `node esbuild.mjs [--watch] [--production] [--tests] [name …]`; names choose bundles.
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** Inlines onnxruntime-node's JavaScript; its native part is looked for beside the bundle or in ASR_ORT_DIR. */
const onnxruntimeBinding = {
  name: 'onnxruntime-binding',
  setup(bundle) {
    bundle.onLoad({ filter: /onnxruntime-node[\\/]dist[\\/]binding\.js$/ }, async ({ path }) => {
      const { readFile } = await import('node:fs/promises');
      const text = await readFile(path, 'utf8');
      const native = /require\(`\.\.\/bin\/napi-v6\/[^`]*`\)/;
      if (!native.test(text))
        throw new Error(`${path}: the native require moved; adapt the onnxruntime-binding plugin`);
      const contents = text.replace(
        native,
        "require(require('node:path').join(process.env.ASR_ORT_DIR || require('node:path').join(__dirname, 'ort'), 'onnxruntime_binding.node'))",
      );
      return { contents, loader: 'js' };
    });
  },
};

/** Inlines koffi's JavaScript; its native part is looked for beside the bundle or in ASR_KOFFI_DIR. */
const koffiBinding = {
  name: 'koffi-binding',
  setup(bundle) {
    bundle.onLoad({ filter: /koffi[\\/]src[\\/]koffi[\\/]index\.js$/ }, async ({ path }) => {
      const { readFile } = await import('node:fs/promises');
      const text = await readFile(path, 'utf8');
      const native = /`\$\{import\.meta\.dirname\}\/\.\.\/\.\.\/\.\.\/@koromix\/koffi-\$\{pkg2?\}`/;
      if (!native.test(text)) throw new Error(`${path}: the place of the native module moved; adapt koffi-binding`);
      const contents = text.replace(native, "(process.env.ASR_KOFFI_DIR || __dirname + '/koffi') + '/koffi.node'");
      return { contents, loader: 'js' };
    });
  },
};

/** Zod's messages in sixty languages are not shown to anybody. */
const zodLanguages = {
  name: 'zod-languages',
  setup(bundle) {
    bundle.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: true,
  sourcesContent: false,
  minify: production,
  keepNames: production,
  logLevel: 'warning',
  legalComments: 'none',
  metafile: production,
  plugins: [zodLanguages],
};
const esmBanner = [
  "import { createRequire as createRequire__ } from 'node:module';",
  "import { fileURLToPath as fileURLToPath__ } from 'node:url';",
  'const require = createRequire__(import.meta.url);',
  "const __filename = fileURLToPath__(import.meta.url); const __dirname = fileURLToPath__(new URL('.', import.meta.url));",
].join(' ');
const engine = {
  ...common,
  // The engine is there to be debugged: its names stay, and a package carries its sources in the maps.
  minify: false,
  minifyWhitespace: production,
  sourcesContent: production,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  banner: { js: esmBanner },
  plugins: [...common.plugins, onnxruntimeBinding, koffiBinding],
};
// Only the engine is debugged where it is installed; the other bundles need no maps there.
const host = {
  ...common,
  sourcemap: !production,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
};
/**
 * What the extension loads on first use lies in bundles of its own, so that activation does not wait for it: a dynamic
 * import becomes a require of `<name>.cjs`. (esbuild splits bundles in ESM only, which extension hosts before 1.100 lack.)
 */
const lazyModules = ['src/extension/services/experimentText.ts', 'src/extension/services/sound.ts'];
const lazyImports = {
  name: 'lazy-imports',
  setup(bundle) {
    bundle.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const module = relative(root, join(resolveDir, path)).replaceAll('\\', '/');
      if (!lazyModules.includes(module)) return { errors: [{ text: `add ${module} to lazyModules in esbuild.mjs` }] };
      return { path: `./${basename(module, '.ts')}.cjs`, external: true };
    });
  },
};
/** The decoders are packed once, as modules beside the threads, which a bundle in CommonJS imports too. */
const compressedAudio = {
  name: 'compressed-audio',
  setup(bundle) {
    bundle.onResolve({ filter: /\/compressed\/open\w+\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path, '.ts')}.js`, external: true } : undefined,
    );
  },
};
/**
 * `import * as vscode` becomes a copy of the whole API in each of a hundred modules, which takes longer than everything
 * else that loading does; the API object itself serves as well.
 */
const bareVscode = {
  name: 'bare-vscode',
  setup(bundle) {
    const { outfile } = bundle.initialOptions;
    bundle.onEnd(({ errors }) => {
      if (errors.length > 0) return;
      const file = join(root, outfile);
      writeFileSync(file, readFileSync(file, 'utf8').replace(/__toESM\((require\("vscode"\)), ?1\)/g, '$1'));
    });
  },
};
const views = ['profiler', 'sweep', 'statistics', 'evaluation', 'transcripts', 'streaming', 'figure'];
const view = { ...common, sourcemap: !production, platform: 'browser', target: 'chrome120', format: 'iife' };

const bundles = [
  {
    ...engine,
    // Programs and threads beside the extension. What they have in common, and each command, is a file of its own, packed once.
    entryPoints: [
      { in: 'src/engine/main.ts', out: 'engine' },
      { in: 'src/engine/launcher.ts', out: 'launcher' },
      { in: 'src/engine/ort/ortProcess.ts', out: 'ortWorker' },
      { in: 'src/training/data/featureWorker.ts', out: 'featureWorker' },
      { in: 'src/extension/services/analysisWorker.ts', out: 'analysisWorker' },
      { in: 'src/extension/features/spectrogram/worker/clipWorker.ts', out: 'spectrogramWorker' },
      { in: 'src/extension/features/spectrogram/annotations/worker/annotationsWorker.ts', out: 'annotationsWorker' },
      { in: 'src/extension/features/spectrogram/augment/augmentWorker.ts', out: 'augmentWorker' },
      { in: 'src/extension/features/dataLint/worker/lintWorker.ts', out: 'lintWorker' },
      { in: 'src/extension/features/dataset/worker/datasetWorker.ts', out: 'datasetWorker' },
      { in: 'src/dsp/compressed/openMp3.ts', out: 'openMp3' },
      { in: 'src/dsp/compressed/openOgg.ts', out: 'openOgg' },
    ],
    splitting: true,
    outdir: 'dist',
    chunkNames: 'chunk-[hash]',
  },
  {
    ...host,
    entryPoints: ['src/extension/main.ts'],
    outfile: 'dist/extension.cjs',
    // A test holds its loading to a limit: as users get it. Names stay, for the log of bugs; keeping them beside short
    // ones would take a fifth of that time.
    minify: false,
    keepNames: false,
    minifyWhitespace: production || process.argv.includes('--tests'),
    minifySyntax: production || process.argv.includes('--tests'),
    plugins: [...common.plugins, lazyImports, bareVscode],
    supported: { 'dynamic-import': false },
  },
  ...lazyModules.map((module) => ({
    ...host,
    entryPoints: [module],
    outfile: `dist/${basename(module, '.ts')}.cjs`,
    plugins: [...common.plugins, compressedAudio],
  })),
  { ...view, entryPoints: ['webview/spectrogram/main.ts'], outfile: 'dist/webview/spectrogram.js' },
  {
    ...view,
    // What views share is a file of its own, packed once. The spectrogram, which opens most often, comes in one piece.
    entryPoints: views.map((name) => ({ in: `webview/${name}/main.ts`, out: name })),
    format: 'esm',
    splitting: true,
    outdir: 'dist/webview',
    chunkNames: 'chunk-[hash]',
  },
  ...['spectrogram', ...views].map((name) => ({
    ...view,
    entryPoints: [`webview/${name}/${name}.css`],
    outfile: `dist/webview/${name}.css`,
  })),
];
/** What runs inside VS Code to test it; never packaged. */
const tests = {
  ...host,
  external: ['vscode', 'mocha'],
  entryPoints: ['test/vscode/runSuite.ts', ...globSync('test/vscode/{,restricted/}*.test.ts', { cwd: root })],
  outdir: 'out/test/vscode',
  outbase: 'test/vscode',
  outExtension: { '.js': '.cjs' },
};
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const nameOf = (options) =>
  (options.outfile ?? `${options.outdir}/${options.entryPoints[0].out}.js`).replace(/^dist\/|\.c?js$/g, '');
const chosen = names.length > 0 ? bundles.filter((options) => names.includes(nameOf(options))) : bundles;
if (process.argv.includes('--tests')) {
  // A suite that was deleted must not run on.
  rmSync(join(root, tests.outdir), { recursive: true, force: true });
  chosen.push(tests);
}

const platform = `${process.platform}-${process.arch}`;
const ortFolder = join(root, 'node_modules/onnxruntime-node/bin/napi-v6', process.platform, process.arch);
const koffiFolder = join(root, `node_modules/@koromix/koffi-${platform}`, platform.replace('-', '_'));

/** Puts this platform's libraries where the engine looks for them. */
function copyNative(binaries, folder) {
  if (!existsSync(binaries)) return;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(binaries)) {
    const [from, to] = [join(binaries, name), join(folder, name)];
    if (statSync(to, { throwIfNoEntry: false })?.size === statSync(from).size) continue;
    // Renamed into place: writing into a library that a running engine has mapped would kill it.
    const fresh = `${to}.${process.pid}`;
    cpSync(from, fresh, { recursive: true });
    renameSync(fresh, to);
  }
}

/** Of a package, or generated around a package's binary. */
const isForeign = (source) => source.includes('node_modules/') || source.endsWith('.generated.ts');

/** The maps carry this project's sources; packages are not what a user debugs, and would be half of the maps. */
function dropPackageSources(outputs) {
  for (const name of outputs.filter((output) => output.endsWith('.map'))) {
    const file = join(root, name);
    const map = JSON.parse(readFileSync(file, 'utf8'));
    map.sourcesContent = map.sourcesContent?.map((text, i) => (isForeign(map.sources[i]) ? null : text));
    writeFileSync(file, JSON.stringify(map));
  }
}

/** Threads of the extension are built with the engine for what they share with it; nobody debugs them where it is installed. */
function dropThreadMaps(outputs) {
  const engine = ['engine', 'launcher', 'ortWorker', 'featureWorker'];
  for (const name of outputs.filter((output) => /^dist\/\w+Worker\.js\.map$/.test(output)))
    if (!engine.includes(basename(name, '.js.map'))) rmSync(join(root, name));
}

if (watch) {
  for (const options of chosen) await (await context(options)).watch();
} else {
  if (names.length === 0) rmSync(join(root, 'dist'), { recursive: true, force: true });
  const results = await Promise.all(chosen.map((options) => build(options)));
  if (production && names.length === 0) {
    const { writeNotices } = await import('./scripts/writeNotices.ts');
    const metafiles = results.map(({ metafile }) => metafile);
    dropPackageSources(metafiles.flatMap(({ outputs }) => Object.keys(outputs)));
    dropThreadMaps(metafiles.flatMap(({ outputs }) => Object.keys(outputs)));
    writeNotices(metafiles, root, join(root, 'dist/THIRD_PARTY_NOTICES.txt'));
  }
}
copyNative(ortFolder, join(root, 'dist/ort'));
copyNative(koffiFolder, join(root, 'dist/koffi'));

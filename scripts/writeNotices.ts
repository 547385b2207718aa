import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** Licences of packages that may be packed. Others need a decision, and GPL would bind the whole product. */
const allowed = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'];

/** Generated sources that carry a package's binary; undefined for our own. A bundle with another one is refused. */
const embedded: Readonly<Record<string, string | undefined>> = {
  'src/dsp/speexResampler.generated.ts': '@echogarden/speex-resampler-wasm',
  'src/dsp/vad/fvad.generated.ts': '@echogarden/fvad-wasm',
  'src/dsp/compressed/minimp3.generated.ts': 'minimp3-wasm',
  'src/dsp/compressed/opus.generated.ts': 'opus-decoder',
  'src/dsp/compressed/vorbis.generated.ts': '@wasm-audio-decoders/ogg-vorbis',
  'src/dsp/kernel/logMel.generated.ts': undefined,
  'src/nn/optimizers/adamw.generated.ts': undefined,
};

/** Who holds the copyright of MIT packages whose npm tarball lacks the text. */
const holders: Readonly<Record<string, string>> = {
  'opus-decoder': 'Ethan Halsall',
  '@wasm-audio-decoders/ogg-vorbis': 'Ethan Halsall',
  'onnxruntime-node': 'Microsoft Corporation',
  'onnxruntime-common': 'Microsoft Corporation',
  '@microsoft/fast-element': 'Microsoft Corporation',
  '@microsoft/fast-foundation': 'Microsoft Corporation',
  '@microsoft/fast-web-utilities': 'Microsoft Corporation',
};

/** Libraries within a package's binary, whose notices its tarball lacks: files of scripts/notices. */
const contained: Readonly<Record<string, string>> = {
  'opus-decoder': 'libopus.txt',
  '@wasm-audio-decoders/ogg-vorbis': 'libvorbis.txt',
};

/** ThirdPartyNotices.txt of the release whose native library is packed, as its Python wheel holds it; the npm package lacks it. */
const onnxruntimeVersion = '1.30.0';
const onnxruntimeNotices = join(import.meta.dirname, 'notices', `onnxruntime-${onnxruntimeVersion}.txt`);

export interface Notice {
  name: string;
  version: string;
  license: string;
  text: string;
}

/** Writes the notices of everything in the bundles, and of ONNX Runtime's library beside them. Throws when a licence is not allowed. */
export function writeNotices(metafiles: readonly Metafile[], root: string, file: string): void {
  const notices = collectNotices(metafiles, root);
  const native = notices.find(({ name }) => name === 'onnxruntime-node');
  if (native?.version !== onnxruntimeVersion)
    throw new Error(
      `onnxruntime-node is ${native?.version ?? 'not bundled'}; put the ThirdPartyNotices.txt of its release into scripts/notices and change scripts/writeNotices.ts`,
    );
  writeFileSync(file, renderNotices(notices, readFileSync(onnxruntimeNotices, 'utf8')));
}

/** Licence and text of every package that has bytes in a bundle, sorted by name. `root`: what the metafiles' paths start from. */
export function collectNotices(metafiles: readonly Metafile[], root: string): Notice[] {
  const inputs = new Set(
    metafiles.flatMap(({ outputs }) =>
      Object.values(outputs).flatMap((output) =>
        Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
      ),
    ),
  );
  const folders = new Set<string>();
  for (const input of inputs) {
    const packed = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (packed !== undefined) folders.add(join(root, packed));
    else if (input.endsWith('.generated.ts')) {
      if (!Object.hasOwn(embedded, input))
        throw new Error(`${input}: say in scripts/writeNotices.ts whose binary it is`);
      const source = embedded[input];
      if (source !== undefined) folders.add(join(root, 'node_modules', source));
    }
  }
  const notices = [...folders].map(readNotice);
  const refused = notices.filter(({ license }) => !allowed.includes(license));
  if (refused.length > 0)
    throw new Error(
      `not to be packed: ${refused.map(({ name, license }) => `${name} (${license})`).join(', ')}; allowed are ${allowed.join(', ')}`,
    );
  return notices.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readNotice(folder: string): Notice {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) =>
    /^(licen[cs]e|copying|copyright\w*|notices?)(\.\w+)?$/i.test(file),
  );
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  const holder = holders[name];
  if (texts.length === 0 && license === 'MIT' && holder !== undefined) texts.push(mitText(holder));
  const library = contained[name];
  if (library !== undefined) texts.push(readFileSync(join(import.meta.dirname, 'notices', library), 'utf8').trim());
  if (texts.length === 0) throw new Error(`${name} ${version} (${license}) has no licence text; add its holder`);
  return { name, version, license: String(license), text: texts.join('\n\n') };
}

function renderNotices(notices: readonly Notice[], native: string): string {
  const line = '='.repeat(80);
  return [
    'ASR Workbench contains parts of the packages below, under their own licences.',
    '',
    ...notices.map(({ name, version, license }) => `${name} ${version}: ${license}`),
    '',
    ...notices.flatMap(({ name, version, license, text }) => [line, `${name} ${version} (${license})`, '', text, '']),
    line,
    `What the native library of ONNX Runtime ${onnxruntimeVersion} contains`,
    '',
    native.trim(),
    '',
  ].join('\n');
}

function mitText(holder: string): string {
  const product = readFileSync(join(import.meta.dirname, '..', 'LICENSE'), 'utf8');
  // The same licence as the product's, but for the line that names the holder.
  return product.replace(/^Copyright .*$/m, `Copyright (c) ${holder}`).trim();
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { opusExports } from './opusDecoder.ts';
import { vorbisExports } from './vorbisDecoder.ts';

const root = join(import.meta.dirname, '../../..');
const packages = join(root, 'node_modules');

/** The package keeps its program deflated in a string, and inflates it itself. */
async function wasmOf(name: string): Promise<{ wasm: Uint8Array; script: string }> {
  const file = join(packages, name, 'src/EmscriptenWasm.js');
  const { WASMAudioDecoderCommon } = await import(
    pathToFileURL(createRequire(join(packages, name, 'index.js')).resolve('@wasm-audio-decoders/common')).href
  );
  const { default: create } = await import(pathToFileURL(file).href);
  new WASMAudioDecoderCommon();
  new create(WASMAudioDecoderCommon);
  return {
    wasm: await WASMAudioDecoderCommon.inflateDynEncodeString(create.wasm),
    script: readFileSync(file, 'utf8'),
  };
}

const embedded = (origin: string, name: string, wasm: Uint8Array) =>
  `// Generated from ${origin} by wasm.test.ts; update with \`vitest -u\`.\nexport const ${name} =\n  '${Buffer.from(wasm).toString('base64')}';\n`;

/** `_malloc = wasmExports["o"]`. */
function expectNames(script: string, names: Readonly<Record<string, string>>): void {
  for (const [name, minified] of Object.entries(names))
    if (!['memory', 'initialize'].includes(name)) expect(script).toContain(`_${name} = wasmExports["${minified}"]`);
  expect(script).toContain(`wasmMemory = wasmExports["${names.memory}"]`);
  expect(script).toContain(`wasmExports["${names.initialize}"]()`);
}

it('embeds minimp3 as its package has it', async () => {
  const wasm = readFileSync(join(packages, 'minimp3-wasm/dist/decoder.opt.wasm'));
  await expect(
    embedded('minimp3-wasm (Apache-2.0, Kenichi Ishibashi; minimp3: CC0)', 'minimp3Wasm', wasm),
  ).toMatchFileSnapshot('minimp3.generated.ts');
});

it('embeds libopus as its package has it', async () => {
  const { wasm, script } = await wasmOf('opus-decoder');
  await expect(
    embedded('opus-decoder (MIT, Ethan Halsall; libopus: BSD-3-Clause)', 'opusWasm', wasm),
  ).toMatchFileSnapshot('opus.generated.ts');
  expectNames(script, opusExports);
});

it('embeds libvorbis as its package has it', async () => {
  const { wasm, script } = await wasmOf('@wasm-audio-decoders/ogg-vorbis');
  await expect(
    embedded('@wasm-audio-decoders/ogg-vorbis (MIT, Ethan Halsall; libvorbis: BSD-3-Clause)', 'vorbisWasm', wasm),
  ).toMatchFileSnapshot('vorbis.generated.ts');
  expectNames(script, vorbisExports);
});

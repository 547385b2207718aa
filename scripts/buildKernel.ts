import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';

/** Compiles src/dsp/kernel/assembly/logMel.ts and returns the text of the generated module that embeds it. */
export async function renderKernel(): Promise<string> {
  const source = readFileSync(path('../src/dsp/kernel/assembly/logMel.ts'), 'utf8');
  const diagnostics: string[] = [];
  let binary: Uint8Array | undefined;
  const options = ['-O3', '--noAssert', '--converge', '--enable', 'simd', '--runtime', 'stub', '--use', 'abort='];
  const { error } = await compile(['logMel.ts', ...options, '--outFile', 'logMel.wasm'], {
    readFile: (name) => (name === 'logMel.ts' ? source : null),
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
    stderr: { write: (chunk) => diagnostics.push(String(chunk)) },
  });
  if (error || !binary) throw new Error(`The kernel does not compile: ${error?.message}\n${diagnostics.join('')}`);
  return [
    '/** Made by scripts/buildKernel.ts from assembly/logMel.ts: the WebAssembly module, base64. */',
    'export const logMelWasm =',
    `  '${Buffer.from(binary).toString('base64')}';`,
    '',
  ].join('\n');
}

export const kernelFile = path('../src/dsp/kernel/logMel.generated.ts');

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

if (import.meta.main) writeFileSync(kernelFile, await renderKernel());

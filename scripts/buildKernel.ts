import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';

/** A WebAssembly module that is committed as the base64 text of a generated TypeScript file. */
export interface Kernel {
  /** AssemblyScript source. */
  source: string;
  generated: string;
  /** Name of the generated constant. */
  constant: string;
  options: readonly string[];
}

const path = (relative: string): string => fileURLToPath(new URL(`../${relative}`, import.meta.url));

export const kernels: readonly Kernel[] = [
  {
    source: path('src/dsp/kernel/assembly/logMel.ts'),
    generated: path('src/dsp/kernel/logMel.generated.ts'),
    constant: 'logMelWasm',
    options: [],
  },
  {
    source: path('src/nn/optimizers/assembly/adamw.ts'),
    generated: path('src/nn/optimizers/adamw.generated.ts'),
    constant: 'adamwWasm',
    options: ['--importMemory'],
  },
];

/** Compiles a kernel and returns the text of the generated module that embeds it. */
export async function renderKernel(kernel: Kernel): Promise<string> {
  const name = kernel.source.replace(/.*\//, '');
  const source = readFileSync(kernel.source, 'utf8');
  const diagnostics: string[] = [];
  let binary: Uint8Array | undefined;
  const shared = ['-O3', '--noAssert', '--converge', '--enable', 'simd', '--runtime', 'stub', '--use', 'abort='];
  const { error } = await compile([name, ...shared, ...kernel.options, '--outFile', 'kernel.wasm'], {
    readFile: (wanted) => (wanted === name ? source : null),
    writeFile: (_name, contents) => {
      binary = contents as Uint8Array;
    },
    listFiles: () => [],
    stderr: { write: (chunk) => diagnostics.push(String(chunk)) },
  });
  if (error || !binary) throw new Error(`${name} does not compile: ${error?.message}\n${diagnostics.join('')}`);
  return [
    `/** Made by scripts/buildKernel.ts from assembly/${name}: the WebAssembly module, base64. */`,
    `export const ${kernel.constant} =`,
    `  '${Buffer.from(binary).toString('base64')}';`,
    '',
  ].join('\n');
}

if (import.meta.main) for (const kernel of kernels) writeFileSync(kernel.generated, await renderKernel(kernel));

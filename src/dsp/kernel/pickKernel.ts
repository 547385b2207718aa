import type { LogMelKernel, LogMelPlan } from '../logMelPlan.ts';
import { createTypescriptKernel } from './typescriptKernel.ts';
import { createWasmKernel } from './wasmKernel.ts';

/** The vectorised kernel where it runs; some hosts have no SIMD, and a page's security policy may forbid WebAssembly. */
export async function pickKernel(plan: LogMelPlan, wanted: 'wasm' | 'typescript' | undefined): Promise<LogMelKernel> {
  if (wanted === 'typescript') return createTypescriptKernel(plan);
  if (wanted === 'wasm') return createWasmKernel(plan);
  // The twin gives the same numbers within rounding.
  return createWasmKernel(plan).catch(() => createTypescriptKernel(plan));
}

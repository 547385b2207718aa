import type { ParameterLayout } from '../parameterLayout.ts';
import { adamwWasm } from './adamw.generated.ts';
import { type AdamwOptions, adamwUpdate, createAdamwState, decayRuns, factorsOf } from './adamw.ts';

/** Parameters, their gradient and AdamW's moments as flat vectors in the layout's order. */
export interface AdamwMemory {
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
  /** `adamwUpdate` on these vectors. */
  update(options: AdamwOptions): void;
}

const pageBytes = 65_536;
const largestPages = 65_536;

/**
 * The vectors in one WebAssembly memory, which runtimes take tensors from like any other, so that a SIMD loop updates
 * them in place without a copy. Models beyond WebAssembly's 4 GiB get plain arrays and the plain loop.
 */
export function createAdamwMemory(layout: Pick<ParameterLayout, 'entries' | 'total'>): AdamwMemory {
  const { total } = layout;
  const stride = Math.ceil((total * 4) / 64) * 64;
  const pages = Math.ceil((4 * stride) / pageBytes) + 1;
  if (pages > largestPages) return createPlainMemory(layout);
  const memory = new WebAssembly.Memory({ initial: pages });
  const binary = Uint8Array.from(atob(adamwWasm), (character) => character.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  const kernel = instance.exports.update as (...numbers: number[]) => void;
  // The first page is the module's own.
  const addresses = [0, 1, 2, 3].map((index) => pageBytes + index * stride);
  const vectors = addresses.map((address) => new Float32Array(memory.buffer, address, total));
  const [parameters, gradient, firstMoment, secondMoment] = vectors as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const runs = decayRuns(layout);
  return {
    parameters,
    gradient,
    firstMoment,
    secondMoment,
    update(options) {
      for (const { from, to, weightDecay } of runs) {
        const f = factorsOf(options, weightDecay ? options.weightDecay : 0);
        const places = addresses.map((address) => address + 4 * from);
        kernel(
          ...places,
          to - from,
          f.gradientScale,
          f.old1,
          f.new1,
          f.old2,
          f.new2,
          f.keep,
          f.stepSize,
          f.inverseCorrection,
          f.epsilon,
        );
      }
    },
  };
}

function createPlainMemory(layout: Pick<ParameterLayout, 'entries' | 'total'>): AdamwMemory {
  const [parameters, gradient] = [new Float32Array(layout.total), new Float32Array(layout.total)];
  const state = createAdamwState(layout.total);
  const update = (options: AdamwOptions) => adamwUpdate(layout, parameters, gradient, state, options);
  return { parameters, gradient, ...state, update };
}

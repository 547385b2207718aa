import { createRandom } from '../shared/random.ts';

/** One tensor inside the flat parameter vector. */
export interface ParameterEntry {
  name: string;
  shape: number[];
  /** Index of its first element in the flat vector. */
  offset: number;
  size: number;
  /** Whether decoupled weight decay applies: matrices yes, biases and norms no. */
  weightDecay: boolean;
  initial: Initial;
}

/** Uniform in ±bound, or one value everywhere. */
export type Initial = { uniform: number } | { fill: number };

/** State that the step updates but no gradient reaches: running statistics of batch normalisation. */
export interface BufferEntry {
  name: string;
  shape: number[];
  offset: number;
  size: number;
  initial: { fill: number };
}

export interface ParameterLayout {
  entries: ParameterEntry[];
  total: number;
  buffers: BufferEntry[];
  bufferTotal: number;
}

/** Collects tensors in the order in which they lie in the flat vectors, after those of `layout`. */
export function createLayout(layout: ParameterLayout = { entries: [], total: 0, buffers: [], bufferTotal: 0 }) {
  const count = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
  return {
    layout,
    parameter(name: string, shape: number[], initial: Initial) {
      const size = count(shape);
      layout.entries.push({ name, shape, offset: layout.total, size, weightDecay: shape.length > 1, initial });
      layout.total += size;
    },
    buffer(name: string, shape: number[], fill: number) {
      const size = count(shape);
      layout.buffers.push({ name, shape, offset: layout.bufferTotal, size, initial: { fill } });
      layout.bufferTotal += size;
    },
  };
}
export type LayoutBuilder = ReturnType<typeof createLayout>;

/** Fresh weights, distributed as PyTorch's defaults; each tensor has its own random stream, so its name fixes its values. */
export function initializeParameters(layout: ParameterLayout, seed: number): Float32Array {
  const flat = new Float32Array(layout.total);
  for (const entry of layout.entries) {
    const part = flat.subarray(entry.offset, entry.offset + entry.size);
    if ('fill' in entry.initial) {
      part.fill(entry.initial.fill);
      continue;
    }
    const random = createRandom(seed, 'initialize', entry.name);
    const bound = entry.initial.uniform;
    for (let i = 0; i < part.length; i++) part[i] = (2 * random.next() - 1) * bound;
  }
  return flat;
}

/** Running mean 0, running variance 1. */
export function initializeBuffers(layout: ParameterLayout): Float32Array {
  const flat = new Float32Array(layout.bufferTotal);
  for (const entry of layout.buffers) flat.fill(entry.initial.fill, entry.offset, entry.offset + entry.size);
  return flat;
}

/** The parameters of a part of a model, at their places in the whole vector; without buffers. */
export function selectEntries(layout: ParameterLayout, keep: (name: string) => boolean): ParameterLayout {
  return { ...layout, entries: layout.entries.filter(({ name }) => keep(name)), buffers: [], bufferTotal: 0 };
}

import type { SampleInput } from '../../src/graph/defineOp.ts';
import { type Dim, isFloat, type Shape } from '../../src/graph/value.ts';
import { createRandom } from '../../src/shared/random.ts';

/** What the sample says, or seeded numbers. */
export function contentOf(input: SampleInput, index: number = 0): readonly number[] {
  if (input.values) return input.values;
  const shape: Shape = input.shape;
  const count = shape.reduce<number>((product, dim) => product * sizeOf(dim, input.sizes), 1);
  const random = createRandom('sample', index, count);
  if (input.range) {
    const [low, high] = input.range;
    return Array.from({ length: count }, () => low + (high - low) * random.next());
  }
  if (input.dtype && !isFloat(input.dtype)) return Array.from({ length: count }, () => random.below(5));
  if (input.spaced) {
    const levels = Array.from({ length: count }, (_, i) => (i - count / 2) * 0.15);
    random.shuffle(levels);
    return levels;
  }
  return Array.from({ length: count }, () => (random.next() < 0.5 ? -1 : 1) * (0.2 + random.next()));
}

/** Value of a dim: names are replaced by their sizes, expressions such as `floor(time/2)` computed. */
export function sizeOf(dim: Dim, sizes: Readonly<Record<string, number>> = {}): number {
  if (typeof dim === 'number') return dim;
  const expression = dim.replace(/[a-z]+/gi, (name) => (name === 'floor' ? 'Math.floor' : String(sizes[name])));
  return Number(new Function(`return ${expression}`)());
}

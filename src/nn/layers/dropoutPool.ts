import { mul, reshape, slice } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { createRandom } from '../../shared/random.ts';
import type { StepContext } from './stepContext.ts';

/** Dropout masks of a deep model, cut from one pool that the host draws for each step. */
export interface DropoutPool {
  /** 0 or 1 / (1 − rate) per element of `shape`; undefined where nothing is dropped. */
  mask(shape: readonly number[]): Value | undefined;
}

/**
 * A mask of its own for each place would be tens of millions of numbers per step, drawn and copied for longer than the
 * step takes. So all are windows of one pool, each at another offset: within a mask every element is independent, and
 * masks repeat each other only far apart in time and width. `largest` is the most elements a mask has.
 */
export function createDropoutPool(context: StepContext, rate: number, largest: number): DropoutPool {
  if (!context.training || rate === 0) return { mask: () => undefined };
  const size = largest + offsets;
  const pool = context.hostInput('dropoutPool', [size], 'float32', (_, key) => {
    const random = createRandom(key.seed, 'dropout', 'pool', key.step);
    const kept = 1 / (1 - rate);
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) if (random.next() >= rate) values[i] = kept;
    return values;
  });
  let uses = 0;
  return {
    mask(shape) {
      const count = shape.reduce((product, dim) => product * dim, 1);
      const start = (uses++ * apart) % offsets;
      return reshape(slice(pool, { axis: 0, start, end: start + count }), shape);
    },
  };
}

/** Windows begin at multiples of the second, modulo the first: both prime, so hundreds of uses never meet. */
const offsets = 65_537;
const apart = 10_007;

/** x with the pool's next mask. */
export function dropoutFrom(pool: DropoutPool, x: Value): Value {
  const mask = pool.mask(staticShape(x, 'dropout'));
  return mask ? mul(x, mask) : x;
}

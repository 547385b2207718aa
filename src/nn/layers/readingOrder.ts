import { customGradient } from '../../graph/customGradient.ts';
import { gather, reshape, unsqueeze } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { TimeLevel } from './frameMasks.ts';
import { type StepContext, validFrames } from './stepContext.ts';

/**
 * [frames, batch, directions·n] → [frames, directions, batch, n], each direction in the order it reads: the second from
 * each utterance's own end to its start. Padding stays where it is.
 */
export function toReadingOrder(context: StepContext, level: TimeLevel, x: Value, directions: number): Value {
  if (directions === 1) return unsqueeze(x, [1]);
  const [frames, batch, width] = staticShape(x, 'reading order') as [number, number, number];
  return permuteRows(x, [frames, 2, batch, width / 2], rowInputs(context, level));
}

/** The inverse: [frames, directions, batch, n] → [frames, batch, directions·n]. */
export function toNaturalOrder(context: StepContext, level: TimeLevel, x: Value): Value {
  const [frames, directions, batch, width] = staticShape(x, 'reading order') as [number, number, number, number];
  if (directions === 1) return reshape(x, [frames, batch, width]);
  const { reading, natural } = rowInputs(context, level);
  return permuteRows(x, [frames, batch, 2 * width], { reading: natural, natural: reading });
}

/** One pass over memory where a split, a reversal and a concatenation would be three; its inverse is its gradient. */
function permuteRows(x: Value, shape: readonly number[], { reading, natural }: Rows): Value {
  const width = x.shape.length === 4 ? x.shape[3]! : shape[3]!;
  const permuted = (value: Value, rows: Value, to: readonly number[]) =>
    reshape(gather(reshape(value, [-1, width]), rows, 0), to);
  const gradient = ([grad]: readonly (Value | undefined)[]) => [
    permuted(grad!, natural, staticShape(x, 'reading order')),
  ];
  return customGradient({ outputs: [permuted(x, reading, shape)], inputs: [x], gradient })[0]!;
}

/** Rows to take for either order; in natural order a row is (frame, utterance, direction). */
interface Rows {
  reading: Value;
  natural: Value;
}

function rowInputs(context: StepContext, level: TimeLevel): Rows {
  const { batch } = context.sizes;
  const rows = (name: string, inverse: boolean) =>
    context.hostInput(`${name}.${level.name}`, [2 * level.frames * batch], 'int32', (data) => {
      const result = new Int32Array(2 * level.frames * batch);
      for (let b = 0; b < batch; b++) {
        const valid = validFrames(data, b, level.outputFrames);
        for (let t = 0; t < level.frames; t++) {
          const turned = t < valid ? valid - 1 - t : t;
          for (const [direction, from] of [t, turned].entries()) {
            const inReading = (t * 2 + direction) * batch + b;
            const inNatural = (from * batch + b) * 2 + direction;
            if (inverse) result[inNatural] = inReading;
            else result[inReading] = inNatural;
          }
        }
      }
      return result;
    });
  return { reading: rows('readingRows', false), natural: rows('naturalRows', true) };
}

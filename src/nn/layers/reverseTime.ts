import { customGradient } from '../../graph/customGradient.ts';
import { gather, reshape } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { Batch } from '../batch.ts';
import type { TimeLevel } from './frameMasks.ts';
import { type StepContext, validFrames } from './stepContext.ts';

/**
 * Each utterance read from its own end to its start; padding stays where it is. x [frames, batch, width].
 * Its own inverse, and so its own gradient.
 */
export function reverseTime(context: StepContext, level: TimeLevel, x: Value): Value {
  const { batch } = context.sizes;
  const rows = context.hostInput(`reversedRows.${level.name}`, [level.frames * batch], 'int32', (data) =>
    reversedRows(data, batch, level),
  );
  const [, , width] = staticShape(x, 'reverseTime');
  const reversed = (value: Value) => reshape(gather(reshape(value, [-1, width!]), rows, 0), x.shape);
  return customGradient({ outputs: [reversed(x)], inputs: [x], gradient: ([grad]) => [reversed(grad!)] })[0]!;
}

function reversedRows(data: Batch, batch: number, level: TimeLevel): Int32Array {
  const rows = new Int32Array(level.frames * batch);
  for (let b = 0; b < batch; b++) {
    const valid = validFrames(data, b, level.outputFrames);
    for (let t = 0; t < level.frames; t++) rows[t * batch + b] = (t < valid ? valid - 1 - t : t) * batch + b;
  }
  return rows;
}

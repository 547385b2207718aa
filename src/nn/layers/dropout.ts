import { mul } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { createRandom } from '../../shared/random.ts';
import type { Batch } from '../batch.ts';
import type { TimeLevel } from './frameMasks.ts';
import { type StepContext, type StepKey, validFrames } from './stepContext.ts';

/**
 * Drops elements and scales the others by 1 / (1 − rate), as nn.Dropout, and makes padding 0 in the same pass.
 * x [frames, batch, width]; `name` gives each use its own random stream.
 */
export function dropoutAndMask(context: StepContext, name: string, level: TimeLevel, x: Value, rate: number): Value {
  if (!context.training || rate === 0) return mul(x, sequenceMask(context, level));
  const [, , width] = staticShape(x, 'dropout');
  const { batch } = context.sizes;
  const shape = [level.frames, batch, width!];
  const make = (data: Batch, key: StepKey) => {
    const valid = Array.from({ length: batch }, (_, b) => validFrames(data, b, level.outputFrames));
    return drawMask(key, name, valid, shape, rate);
  };
  return mul(x, context.hostInput(`dropout.${name}`, shape, 'float32', make));
}

/** The same along the steps of a decoder, one per token and one for the end: x [steps, batch, width]. */
export function dropoutTokens(context: StepContext, name: string, x: Value, rate: number): Value {
  if (!context.training || rate === 0) return x;
  const shape = staticShape(x, 'dropout');
  const make = (data: Batch, key: StepKey) => {
    const valid = Array.from({ length: shape[1]! }, (_, b) => (b < data.batch ? data.tokens[b]!.length + 1 : 0));
    return drawMask(key, name, valid, shape, rate);
  };
  return mul(x, context.hostInput(`dropout.${name}`, shape, 'float32', make));
}

/** 1 on valid frames, 0 on padding, [frames, batch, 1]. */
function sequenceMask(context: StepContext, level: TimeLevel): Value {
  const { batch } = context.sizes;
  return context.hostInput(`sequenceMask.${level.name}`, [level.frames, batch, 1], 'float32', (data) => {
    const mask = new Float32Array(level.frames * batch);
    for (let b = 0; b < batch; b++) {
      const valid = validFrames(data, b, level.outputFrames);
      for (let t = 0; t < valid; t++) mask[t * batch + b] = 1;
    }
    return mask;
  });
}

function drawMask(
  key: StepKey,
  name: string,
  valid: readonly number[],
  [frames, batch, width]: readonly number[],
  rate: number,
): Float32Array {
  const random = createRandom(key.seed, 'dropout', name, key.step);
  const mask = new Float32Array(frames! * batch! * width!);
  const kept = 1 / (1 - rate);
  for (let t = 0; t < frames!; t++) {
    for (let b = 0; b < batch!; b++) {
      if (t >= valid[b]!) continue;
      const start = (t * batch! + b) * width!;
      for (let i = start; i < start + width!; i++) if (random.next() >= rate) mask[i] = kept;
    }
  }
  return mask;
}

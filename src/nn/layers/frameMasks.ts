import type { Value } from '../../graph/value.ts';
import type { Batch } from '../batch.ts';
import { type StepContext, validFrames } from './stepContext.ts';

/** One resolution of time: how many frames a tensor has there, and which of them belong to each utterance. */
export interface TimeLevel {
  /** Part of the names of the graph inputs. */
  name: string;
  frames: number;
  /** Frames at this resolution of so many feature frames. */
  outputFrames(frames: number): number;
}

/** 1 on valid frames and 0 on padding, for frames `offset`, `offset + step`, …: [batch, 1, frames / step, 1]. */
export function frameMask(context: StepContext, level: TimeLevel, { offset, step } = everyFrame): Value {
  const { batch } = context.sizes;
  const frames = Math.floor(level.frames / step);
  const name = step === 1 ? `frameMask.${level.name}` : `frameMask.${level.name}.${offset}of${step}`;
  const valid = (count: number) => Math.ceil((level.outputFrames(count) - offset) / step);
  return context.hostInput(name, [batch, 1, frames, 1], 'float32', (data) =>
    fillFrames(data, batch, { name, frames, outputFrames: valid }, 0, 1),
  );
}

const everyFrame = { offset: 0, step: 1 };

/**
 * 0 on valid frames and a number no activation outweighs on padding, [batch, 1, frames, 1]: added before a ReLU it
 * makes padding 0, forward and backward, without a pass of its own.
 */
export function paddingOffset(context: StepContext, level: TimeLevel): Value {
  const { batch } = context.sizes;
  return context.hostInput(`paddingOffset.${level.name}`, [batch, 1, level.frames, 1], 'float32', (data) =>
    fillFrames(data, batch, level, -1e30, 0),
  );
}

function fillFrames(data: Batch, batch: number, level: TimeLevel, padding: number, valid: number): Float32Array {
  const filled = new Float32Array(batch * level.frames).fill(padding);
  for (let b = 0; b < batch; b++) {
    const start = b * level.frames;
    filled.fill(valid, start, start + Math.max(0, validFrames(data, b, level.outputFrames)));
  }
  return filled;
}

import type { Batch } from '../../nn/batch.ts';
import type { InferenceBatch } from './protocol.ts';

/** [batch, frames, bins] to the [batch, 1, bins, time] of inference graphs. */
export function toInput({ features, batch, frames, bins, frameCounts }: Batch): InferenceBatch {
  const input = new Float32Array(features.length);
  for (let row = 0; row < batch; row++) {
    const base = row * frames * bins;
    for (let frame = 0; frame < frames; frame++)
      for (let bin = 0; bin < bins; bin++) input[base + bin * frames + frame] = features[base + frame * bins + bin]!;
  }
  return { input, batch, mels: bins, time: frames, lengths: frameCounts };
}

import { toInput } from '../ort/batchInput.ts';
import type { FrameSource, HeardFrames } from './frameSource.ts';
import type { StreamModel } from './streamModel.ts';

/** What a chunk is decoded again with: before it, and after it where nothing else is asked. */
const leftSec = 2;
const usualLookAheadSec = 0.48;

/**
 * Frames of a model that needs the whole utterance, which it gets as a window: each chunk with two seconds before it and
 * the look-ahead after it. They differ from those of the whole recording at once.
 */
export function createSegmentedFrames(
  { client, extractor, metadata }: StreamModel,
  lookAheadMs: number | undefined,
): FrameSource {
  const { sampleRateHz, hopSamples } = metadata.features;
  const vocabulary = metadata.vocabulary.length;
  // Windows begin on output frames, so that theirs are the stream's.
  const frameSamples = hopSamples * metadata.timeStride;
  const lookAhead = Math.round((lookAheadMs === undefined ? usualLookAheadSec : lookAheadMs / 1000) * sampleRateHz);
  const leftFrames = Math.round((leftSec * sampleRateHz) / frameSamples);
  let held: Float32Array = new Float32Array(0);
  let firstFrame = 0;
  let next = 0;
  let ahead = new Float32Array(0);

  /** Output frames up to `end`, or with `end` undefined all there are. */
  async function decode(end: number | undefined, until: number): Promise<HeardFrames> {
    if (end === undefined) ahead = new Float32Array(0);
    if (held.length === 0 || (end !== undefined && end <= next)) return { settled: new Float32Array(0), ahead };
    const { frames, bins, data } = extractor.extract(held.subarray(0, until - firstFrame * frameSamples));
    const batch = { features: data, batch: 1, frames, bins, frameCounts: Int32Array.of(frames), tokens: [], ids: [] };
    const { logProbabilities, lengths } = await client.call('infer', toInput(batch));
    const last = Math.min(end ?? Number.POSITIVE_INFINITY, firstFrame + lengths[0]!);
    const settled = logProbabilities.slice((next - firstFrame) * vocabulary, (last - firstFrame) * vocabulary);
    ahead = logProbabilities.slice((last - firstFrame) * vocabulary, lengths[0]! * vocabulary);
    next = Math.max(next, last);
    const keepFrom = Math.max(firstFrame, next - leftFrames);
    held = held.slice((keepFrom - firstFrame) * frameSamples);
    firstFrame = keepFrom;
    return { settled, ahead };
  }

  return {
    lookAheadSec: lookAhead / sampleRateHz,
    push(samples) {
      const joined = new Float32Array(held.length + samples.length);
      joined.set(held);
      joined.set(samples, held.length);
      held = joined;
      const total = firstFrame * frameSamples + held.length;
      return decode(Math.floor((total - lookAhead) / frameSamples), total);
    },
    finish: () => decode(undefined, firstFrame * frameSamples + held.length),
    // A window forgets what is two seconds past by itself.
    restart: () => undefined,
  };
}

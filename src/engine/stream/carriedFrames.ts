import type { FeatureMatrix } from '../../dsp/features.ts';
import type { FrameSource, HeardFrames } from './frameSource.ts';
import type { StreamModel } from './streamModel.ts';

/**
 * Frames of a model whose states go from chunk to chunk: those of the whole recording at once, when the look-ahead is
 * as long as its convolutions reach. With less, each chunk's last frames take what follows for silence.
 */
export function createCarriedFrames(
  { client, extractor, metadata }: StreamModel,
  { reach, firstStates }: NonNullable<StreamModel['carried']>,
  lookAheadMs: number | undefined,
): FrameSource {
  const { stride, leftFrames, rightFrames } = reach;
  const { sampleRateHz, hopSamples, fftSize } = metadata.features;
  const hopSec = hopSamples / sampleRateHz;
  // A frame of features itself waits for half its window.
  const halfSec = fftSize / 2 / sampleRateHz;
  const wantedFrames = lookAheadMs === undefined ? rightFrames : Math.floor((lookAheadMs / 1000 - halfSec) / hopSec);
  const lookAhead = Math.min(rightFrames, Math.max(0, wantedFrames));
  const features = extractor.stream();
  const held = createFeatureWindow();
  let states = firstStates();
  let next = 0;
  let origin = 0;
  let ahead = new Float32Array(0);

  /** Output frames up to `end`, and a look at those behind. */
  async function decode(end: number): Promise<HeardFrames> {
    if (end <= next) return { settled: new Float32Array(0), ahead };
    const from = Math.max(origin * stride, next * stride - leftFrames);
    const { input, bins, time } = held.read(from, held.end);
    const kept = Array.from({ length: Math.floor(held.end / stride) - next }, (_, i) => next + i - from / stride);
    const settled = end - next;
    const output = await client.call('inferWindow', { input, bins, time, kept, settled, states });
    states = output.states;
    next = end;
    held.drop(Math.max(origin * stride, next * stride - leftFrames));
    const frames = output.logProbabilities;
    ahead = frames.slice(settled * metadata.vocabulary.length);
    return { settled: frames.subarray(0, settled * metadata.vocabulary.length), ahead };
  }

  return {
    lookAheadSec: lookAhead * hopSec + halfSec,
    push(samples) {
      held.add(features.push(samples));
      return decode(Math.floor((held.end - lookAhead) / stride));
    },
    finish() {
      held.add(features.end());
      ahead = new Float32Array(0);
      return decode(Math.floor(held.end / stride));
    },
    restart() {
      states = firstStates();
      origin = next;
    },
  };
}

/** Features of a stream from some frame on; frames count from its start. */
function createFeatureWindow() {
  let data: Float32Array = new Float32Array(0);
  let first = 0;
  let frames = 0;
  let bins = 0;
  return {
    get end() {
      return first + frames;
    },
    add(matrix: FeatureMatrix) {
      bins = matrix.bins;
      const joined = new Float32Array(data.length + matrix.data.length);
      joined.set(data);
      joined.set(matrix.data, data.length);
      data = joined;
      frames += matrix.frames;
    },
    drop(before: number) {
      const count = Math.min(frames, Math.max(0, before - first));
      data = data.slice(count * bins);
      first += count;
      frames -= count;
    },
    /** Frames [from, to) as a graph takes them, [1, 1, bins, time]. */
    read(from: number, to: number) {
      const time = to - from;
      const input = new Float32Array(bins * time);
      for (let t = 0; t < time; t++) {
        const row = (from - first + t) * bins;
        for (let bin = 0; bin < bins; bin++) input[bin * time + t] = data[row + bin]!;
      }
      return { input, bins, time };
    },
  };
}

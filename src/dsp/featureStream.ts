import { featureBins, frameCount } from '../shared/config/derived.ts';
import type { FeatureSpec } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import type { FeatureMatrix } from './featureMatrix.ts';
import type { ClipPart } from './padding.ts';

export interface FrameRange {
  firstFrame: number;
  frames: number;
}

/** Samples in as they come, frames out as soon as all their samples are there; the same bits as `extract` of the whole clip. */
export interface FeatureStream {
  push(samples: Float32Array): FeatureMatrix;
  /** The frames that reach past the end; the stream is spent afterwards. */
  end(): FeatureMatrix;
}

/** Throws UserError where a frame depends on the clip's end: maximum as reference, topDb, normalisation per utterance. */
export function createFeatureStream(
  spec: FeatureSpec,
  compute: (part: ClipPart, range: FrameRange) => FeatureMatrix,
): FeatureStream {
  refuseStreaming(spec);
  const { hopSamples, fftSize, padMode } = spec;
  const half = fftSize / 2;
  // Pre-emphasis over the clip looks at one sample more.
  const before = spec.type === 'nemo' ? 1 : 0;
  let held: Float32Array = new Float32Array(0);
  let firstSample = 0;
  let totalSamples = 0;
  let nextFrame = 0;

  const emit = (endFrame: number): FeatureMatrix => {
    const frames = Math.max(0, endFrame - nextFrame);
    if (frames === 0) return { frames, bins: featureBins(spec), data: new Float32Array(0) };
    const matrix = compute({ samples: held, firstSample, totalSamples }, { firstFrame: nextFrame, frames });
    nextFrame = endFrame;
    return matrix;
  };

  return {
    push(samples) {
      // Mirroring at the end looks back by up to half an FFT, so so much is kept besides what the next frame needs.
      const keepFrom = Math.max(firstSample, Math.min(nextFrame * hopSamples - half, totalSamples - fftSize) - before);
      const kept = held.subarray(keepFrom - firstSample);
      held = new Float32Array(kept.length + samples.length);
      held.set(kept);
      held.set(samples, kept.length);
      firstSample = keepFrom;
      totalSamples += samples.length;
      if (padMode === 'reflect' && totalSamples <= half) return emit(nextFrame);
      return emit(Math.floor((totalSamples - half) / hopSamples) + 1);
    },
    end: () => emit(frameCount(spec, totalSamples)),
  };
}

function refuseStreaming(spec: FeatureSpec): void {
  const reasons: string[] = [];
  if (spec.reference === 'max') reasons.push('features.reference is max (use fixed)');
  if (spec.topDb !== null) reasons.push("features.topDb clamps against the clip's maximum (use null)");
  if (spec.normalization === 'utterance') reasons.push('features.normalization is utterance (use global)');
  if (reasons.length === 0) return;
  const message = `These features need the whole clip and cannot stream: ${reasons.join('; ')}.`;
  throw new UserError(message, [{ code: 'features-not-streamable', severity: 'error', message }]);
}

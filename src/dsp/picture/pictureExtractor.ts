import type { FeatureSpec } from '../../shared/config/schema.ts';
import type { FeatureScale, FreePicture } from '../../shared/protocol/spectrogramPicture.ts';
import type { FeatureMatrix } from '../featureMatrix.ts';
import { createFeatureExtractor, type FrameRange } from '../features.ts';
import { createFrameLoop } from '../frameLoop.ts';
import { evenlySpacedHz } from '../frequencyScale.ts';
import { pickKernel } from '../kernel/pickKernel.ts';
import type { LogMelPlan } from '../logMelPlan.ts';
import { type MelFilters, triangularFilters } from '../mel.ts';
import type { ClipPart } from '../padding.ts';
import { periodicWindow } from '../window.ts';
import { binsOf, samplesOf, scaleOf } from './freePicture.ts';

/** Levels of a clip over time and frequency, for any run of frames of which the samples are at hand. */
export interface PictureExtractor {
  readonly scale: FeatureScale;
  /** Nothing below this is told apart. */
  readonly floorDb: number;
  /** What samples within full scale may reach; a lower bound where it is not known. */
  readonly topDb: number;
  /** Frames are centred, the first on sample 0. */
  frameCount(samples: number): number;
  /** Decibels of power, reference 1. */
  decibels(part: ClipPart, range: FrameRange): FeatureMatrix;
}

/** The smallest power of the kernels is 1e-10. */
const kernelFloorDb = -100;

/** What a model is trained on, without scale, clamp or normalisation. Throws UserError for a spec that contradicts itself. */
export async function createTrainingPicture(spec: FeatureSpec): Promise<PictureExtractor> {
  const extractor = await createFeatureExtractor(spec);
  const kaldi = spec.type === 'fbank' || spec.type === 'mfcc';
  const { sampleRateHz, hopSamples, windowSamples, fftSize, mels, lowHz, highHz } = spec;
  return {
    scale: {
      ...{ sampleRateHz, hopSamples, windowSamples, fftSize, bins: mels, lowHz, highHz: highHz ?? sampleRateHz / 2 },
      scale: kaldi ? 'htk' : spec.melScale,
    },
    floorDb: kernelFloorDb,
    topDb: kernelFloorDb,
    frameCount: extractor.frameCount,
    decibels: extractor.decibels,
  };
}

/**
 * A picture at the clip's own rate: linear rows are power bins of the short-time transform, as scipy.signal.stft or
 * torch.stft give them unscaled; mel ones are librosa's, bark ones triangles of unit height. Settings must have no problems.
 */
export async function createFreePicture(
  settings: FreePicture,
  sampleRateHz: number,
  kernel?: 'wasm' | 'typescript',
): Promise<PictureExtractor> {
  const { fftSize, window } = settings;
  const { windowSamples, hopSamples } = samplesOf(settings, sampleRateHz);
  const plan = {
    ...{ fftSize, hopSamples, window: periodicWindow(window, windowSamples, fftSize) },
    filters: filtersOf(settings, sampleRateHz),
  };
  const bins = plan.filters.mels;
  const compute = createFrameLoop(
    { hopSamples, fftSize, mels: bins, padMode: 'constant' },
    await pickKernel(plan, kernel),
  );
  return {
    scale: { sampleRateHz, hopSamples, windowSamples, fftSize, bins, ...scaleOf(settings, sampleRateHz) },
    floorDb: Math.max(kernelFloorDb, settings.floorDb),
    topDb: topOf(plan),
    frameCount: (samples) => 1 + Math.floor(samples / hopSamples),
    decibels: (part, range) => compute(part, range).matrix,
  };
}

/** A sine at full scale, all of it in the heaviest bins. */
function topOf({ fftSize, window, filters }: LogMelPlan): number {
  const [sum, squares] = window.reduce(([one, two], value): [number, number] => [one + value, two + value * value], [
    0, 0,
  ] as [number, number]);
  const single = filters.weights.length === filters.mels;
  if (single) return 20 * Math.log10(sum / 2);
  const heaviest = filters.weights.reduce((most, value) => Math.max(most, value), 0);
  return 10 * Math.log10((heaviest * fftSize * squares) / 4);
}

function filtersOf(settings: FreePicture, sampleRateHz: number): MelFilters {
  const { scale, lowHz, highHz } = scaleOf(settings, sampleRateHz);
  const { fftSize, bands } = settings;
  if (scale === 'linear') {
    const { first, count } = binsOf(settings, sampleRateHz);
    return {
      mels: count,
      firstBin: Int32Array.from({ length: count }, (_, i) => first + i),
      offset: Int32Array.from({ length: count + 1 }, (_, i) => i),
      weights: new Float64Array(count).fill(1),
    };
  }
  return triangularFilters(evenlySpacedHz(lowHz, highHz, bands + 2, scale), {
    ...{ sampleRateHz, fftSize, place: (hz) => hz, unitArea: scale !== 'bark', lastBin: fftSize / 2 },
  });
}

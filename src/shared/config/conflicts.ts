import type { Experiment } from './schema.ts';
import type { ConfigPath } from './yamlSource.ts';

export interface Conflict {
  path: ConfigPath;
  message: string;
}

/** What keys demand of each other; none of these configs can run. */
export function findConflicts(experiment: Experiment): Conflict[] {
  return [...featureConflicts(experiment.features), ...modelConflicts(experiment), ...textConflicts(experiment)];
}

function* featureConflicts(features: Experiment['features']): Generator<Conflict> {
  const { fftSize, windowSamples, hopSamples, sampleRateHz, lowHz, highHz } = features;
  if ((fftSize & (fftSize - 1)) !== 0) {
    const near = 2 ** Math.round(Math.log2(fftSize));
    yield {
      path: ['features', 'fftSize'],
      message: `features.fftSize is ${fftSize}; expected a power of two, such as ${near}`,
    };
  }
  if (windowSamples > fftSize) {
    const message = `features.windowSamples is ${windowSamples}, longer than features.fftSize (${fftSize} samples)`;
    yield { path: ['features', 'windowSamples'], message };
  }
  if (hopSamples > sampleRateHz) {
    const message = `features.hopSamples is ${hopSamples}, more than a second of audio (${sampleRateHz} samples)`;
    yield { path: ['features', 'hopSamples'], message };
  }
  const half = sampleRateHz / 2;
  if (highHz !== null && highHz > half) {
    const message = `features.highHz is ${highHz}, above half of features.sampleRateHz (${half} Hz)`;
    yield { path: ['features', 'highHz'], message };
  }
  if (lowHz >= (highHz ?? half)) {
    const message = `features.lowHz is ${lowHz}; expected a number below ${highHz === null ? `half the sample rate (${half} Hz)` : `features.highHz (${highHz} Hz)`}`;
    yield { path: ['features', 'lowHz'], message };
  }
  if (features.scale === 'minusOneToOne' && features.topDb === null) {
    const message =
      'features.scale minusOneToOne maps [−topDb, 0] dB to [−1, 1] and needs features.topDb, for example 80';
    yield { path: ['features', 'scale'], message };
  }
}

function* modelConflicts({ features, model, augment }: Experiment): Generator<Conflict> {
  let bins = features.mels;
  for (const [i, block] of model.blocks.entries()) {
    const pooled = Math.floor(bins / block.pool[1]);
    if (pooled === 0) {
      const message = `model.blocks[${i}].pool pools frequency by ${block.pool[1]} where only ${bins} of ${features.mels} bins are left`;
      yield { path: ['model', 'blocks', i, 'pool'], message };
      break;
    }
    bins = pooled;
  }
  if (augment.frequencyMasks.maxBins > features.mels) {
    const message = `augment.frequencyMasks.maxBins is ${augment.frequencyMasks.maxBins}, more than features.mels (${features.mels} bins)`;
    yield { path: ['augment', 'frequencyMasks', 'maxBins'], message };
  }
}

function* textConflicts({ text }: Experiment): Generator<Conflict> {
  if (text.keep.trim() === '') yield { path: ['text', 'keep'], message: 'text.keep holds no letters' };
}

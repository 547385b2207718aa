import type { DeviceName, TrainingSetup } from '../../src/engine/ort/protocol.ts';
import { trainingSetup } from '../../src/engine/trainingSetup.ts';
import { experimentSchema } from '../../src/shared/config/schema.ts';
import { createRandom } from '../../src/shared/random.ts';
import type { TrainingBatch } from '../../src/training/executor.ts';

const bins = 12;

/** A run of a small model; `overrides` are keys of the config. */
export function deviceSetup(overrides: Record<string, unknown>, device: DeviceName = 'cpu'): TrainingSetup {
  const experiment = experimentSchema.parse({ data: { train: ['none'] }, seed: 3, ...overrides });
  return trainingSetup(experiment, { config: experiment.model, bins, vocabularySize: 6 }, 1, device);
}

export const smallCrnn = {
  blocks: [{ channels: 4, pool: [2, 2] }],
  norm: 'batch',
  rnn: { hiddenSize: 8, layers: 1, projection: 8 },
  dropout: 0.2,
};

export const smallConformer = {
  type: 'conformer',
  conformer: { dimension: 8, layers: 1, heads: 2, kernelSize: 5, subsampling: 2, subsamplingChannels: 4 },
  dropout: 0.1,
};

export function deviceBatch(key: string, rows = 3, frames = 32): TrainingBatch {
  const random = createRandom('batch', key);
  return {
    features: Float32Array.from({ length: rows * frames * bins }, () => random.normal()),
    batch: rows,
    frames,
    bins,
    frameCounts: Int32Array.from({ length: rows }, (_, row) => frames - 2 * row),
    tokens: Array.from({ length: rows }, () => Int32Array.from({ length: 3 }, () => 1 + random.below(5))),
    ids: Array.from({ length: rows }, (_, row) => `${key}${row}`),
    shape: { rows, frames, maxTokens: 4 },
  };
}

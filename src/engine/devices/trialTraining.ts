import type { ModelConfig } from '../../shared/config/schema.ts';
import { experimentSchema } from '../../shared/config/schema.ts';
import { createRandom } from '../../shared/random.ts';
import type { StepRequest, TrainingBatch } from '../../training/executor.ts';
import type { DeviceName } from '../ort/protocol.ts';
import { createOrtExecutor } from '../ortExecutor.ts';
import { trainingSetup } from '../trainingSetup.ts';

/** Losses of the same steps on a device and on the CPU. */
export interface Trial {
  device: number[];
  cpu: number[];
}

/**
 * So far may losses lie apart: float32 sums in another order differ by 1e-6, and CUDA multiplies with 11 bits
 * (TensorFloat-32) where it can, which Adam's first steps carry on.
 */
export const trialTolerance = 0.02;

/** Eight steps of a small model on a device and on the CPU. Throws a plain error when they lie apart. */
export async function trialTraining(device: DeviceName, type: ModelConfig['type']): Promise<Trial> {
  const [found, expected] = [await trialLosses(device, type), await trialLosses('cpu', type)];
  for (const [step, loss] of expected.entries()) {
    const apart = Math.abs(found[step]! / loss - 1);
    if (!(apart < trialTolerance))
      throw new Error(`step ${step + 1} of a ${type} gave loss ${found[step]} on ${device}, ${loss} on the CPU`);
  }
  return { device: found, cpu: expected };
}

const bins = 16;

/** Losses of the trial's steps on one device. */
export async function trialLosses(device: DeviceName, type: ModelConfig['type']): Promise<number[]> {
  const experiment = experimentSchema.parse({
    data: { train: ['none'] },
    model: {
      type,
      blocks: [{ channels: 4, pool: [2, 2] }],
      rnn: { hiddenSize: 8, layers: 1, projection: 8 },
      conformer: { dimension: 8, layers: 1, heads: 2, kernelSize: 5, subsampling: 2, subsamplingChannels: 4 },
      dropout: 0,
    },
  });
  const spec = { config: experiment.model, bins, vocabularySize: 5 };
  const executor = await createOrtExecutor(trainingSetup(experiment, spec, 1, device));
  try {
    const steps: StepRequest[] = Array.from({ length: 8 }, (_, step) => ({
      batches: [noise()],
      options: { learningRate: 0.01, seed: 1, step },
    }));
    return (await executor.steps(steps)).map(({ loss }) => loss);
  } finally {
    await executor.dispose();
  }
}

function noise(): TrainingBatch {
  const [rows, frames] = [2, 40];
  const random = createRandom('trial');
  return {
    features: Float32Array.from({ length: rows * frames * bins }, () => random.normal()),
    batch: rows,
    frames,
    bins,
    frameCounts: Int32Array.of(40, 31),
    tokens: [Int32Array.of(1, 2, 3), Int32Array.of(4, 4)],
    ids: ['noise 1', 'noise 2'],
    shape: { rows, frames, maxTokens: 4 },
  };
}

import type { LossConfig } from '../../src/nn/stepLoss.ts';
import { modelSchema } from '../../src/shared/config/modelSchema.ts';
import type { ModelConfig } from '../../src/shared/config/schema.ts';
import { type FixtureTensor, readTorchFixture } from './torchFixture.ts';

/** A model before, during and after ten training steps of PyTorch. */
export interface ModelCase {
  config: ModelConfig;
  /** Plain CTC where absent. */
  loss?: LossConfig;
  bins: number;
  vocabulary: number;
  initial: FixtureTensor;
  batches: { features: FixtureTensor; lengths: number[]; targets: number[][] }[];
  /** Logits of the first batch before training, with running statistics, [batch, frames, vocabulary]. */
  evaluated: FixtureTensor;
  losses: number[];
  /** CTC and cross-entropy before weighing, where the loss has both. */
  parts?: [number, number][];
  norms: number[];
  gradient: FixtureTensor;
  final: FixtureTensor;
  buffers: FixtureTensor;
  learningRate: number;
  weightDecay: number;
  clipNorm: number;
}

/** Plain CRNNs, those with every option of the architecture, and those with an attention decoder, and conformers, by title. */
export function modelCases(): [title: string, ModelCase][] {
  const plain = readTorchFixture<ModelCase[]>('trainingSteps');
  const { cases } = readTorchFixture<{ cases: ModelCase[] }>('trainingStepsResidual');
  const joint = readTorchFixture<{ cases: ModelCase[] }>('attentionSteps').cases;
  const conformers = readTorchFixture<ModelCase[]>('trainingStepsConformer');
  return [...plain, ...cases, ...joint, ...conformers].map((item) => {
    const config = modelSchema.parse(item.config); // fixtures name only the keys they know
    if (config.type === 'conformer') return [`conformer, norm ${config.norm}`, { ...item, config }];
    const { norm, rnn, residual, convolutionsPerBlock } = config;
    const extras = residual ? `, residual, ${convolutionsPerBlock} convolutions per block` : '';
    const decoder = item.loss ? `, attention decoder at CTC weight ${item.loss.ctcWeight}` : '';
    return [`norm ${norm}, ${rnn.cell}${extras}${decoder}`, { ...item, config }];
  });
}

import type { LossConfig } from '../../src/nn/stepLoss.ts';
import { modelSchema } from '../../src/shared/config/modelSchema.ts';
import type { ModelConfig } from '../../src/shared/config/schema.ts';
import { type FixtureTensor, readTorchFixture } from './torchFixture.ts';

/** A CRNN before, during and after ten training steps of PyTorch. */
export interface CrnnCase {
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

/** Plain models, those with every option of the architecture, and those with an attention decoder, by title. */
export function crnnCases(): [title: string, CrnnCase][] {
  const plain = readTorchFixture<CrnnCase[]>('trainingSteps');
  const { cases } = readTorchFixture<{ cases: CrnnCase[] }>('trainingStepsResidual');
  const joint = readTorchFixture<{ cases: CrnnCase[] }>('attentionSteps').cases;
  return [...plain, ...cases, ...joint].map((item) => {
    const config = modelSchema.parse(item.config); // fixtures name only the keys they know
    const { norm, rnn, residual, convolutionsPerBlock } = config;
    const extras = residual ? `, residual, ${convolutionsPerBlock} convolutions per block` : '';
    const decoder = item.loss ? `, attention decoder at CTC weight ${item.loss.ctcWeight}` : '';
    return [`norm ${norm}, ${rnn.cell}${extras}${decoder}`, { ...item, config }];
  });
}

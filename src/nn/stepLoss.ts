import { mul, reduceSum } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Experiment } from '../shared/config/schema.ts';
import type { StepContext } from './layers/stepContext.ts';
import { ctcLoss } from './losses/ctc.ts';
import type { ModelSpec } from './modelSpec.ts';
import type { Tensors, TrainingForward } from './models/crnnTraining.ts';

export type LossConfig = Experiment['loss'];

export interface StepLoss {
  /** Sum of the utterances' losses / number of utterances, []. */
  loss: Value;
  /** [batch]; 0 for an utterance that has none. */
  utteranceLoss: Value;
  /** Mean over the utterances of each part before weighing, []; only where there is a decoder. */
  components?: { ctcLoss: Value; attentionLoss: Value };
}

/** CTC and nothing else. */
export const plainCtc: LossConfig = { ctcWeight: 1, labelSmoothing: 0 };

export interface BuiltModel {
  spec: ModelSpec;
  /** Parameters by name; a decoder has its own. */
  tensor: Tensors;
  forward: TrainingForward;
}

/** The loss of one batch, from what the model's last layers gave. */
export function stepLoss(context: StepContext, { forward }: BuiltModel, config: LossConfig): StepLoss {
  if (config.ctcWeight < 1) throw new Error('the attention decoder is not in this version');
  const utteranceLoss = context.graph.scope('loss', () => ctcLoss(context, forward.level, forward.logits));
  return { loss: meanOverUtterances(context, utteranceLoss), utteranceLoss };
}

/** [batch] → []; rows that the batch does not fill count nothing. */
function meanOverUtterances(context: StepContext, perUtterance: Value): Value {
  const { batch: rows } = context.sizes;
  const weights = context.hostInput('utteranceWeight', [rows], 'float32', (batch) =>
    new Float32Array(rows).fill(1 / batch.batch, 0, batch.batch),
  );
  return reduceSum(mul(perUtterance, weights), [0]);
}

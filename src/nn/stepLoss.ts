import { add, mul, reduceSum } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Experiment } from '../shared/config/schema.ts';
import { attentionDecoder } from './layers/attentionDecoder.ts';
import type { StepContext } from './layers/stepContext.ts';
import { crossEntropy } from './losses/crossEntropy.ts';
import { ctcLoss } from './losses/ctc.ts';
import type { ModelSpec } from './modelSpec.ts';
import type { Tensors, TrainingForward } from './models/crnnTraining.ts';

export type LossConfig = Experiment['loss'];

export interface StepLoss {
  /** Sum of the utterances' losses / number of utterances, []. */
  loss: Value;
  /** [batch]; 0 for an utterance that has none. */
  utteranceLoss: Value;
  /** Mean over the utterances of each part before weighing, []; only where both are. */
  components?: { ctcLoss: Value; attentionLoss: Value };
  /** What the losses are of, [frames or steps, batch, vocabulary]: CTC's logits, then the decoder's. */
  logits: Value[];
}

/** CTC and nothing else. */
export const plainCtc: LossConfig = { ctcWeight: 1, labelSmoothing: 0 };

export interface BuiltModel {
  spec: ModelSpec;
  /** Parameters by name; a decoder has its own. */
  tensor: Tensors;
  forward: TrainingForward;
}

/**
 * The loss of one batch, from what the model's last layers gave: λ·CTC + (1 − λ)·CE per utterance (Kim et al. 2017), with
 * CE summed over the tokens and the end as −log p of CTC is. An utterance without a CTC path has the second part only.
 * Label smoothing is of the cross-entropy; of CTC only where CTC is all of the loss.
 */
export function stepLoss(context: StepContext, { spec, tensor, forward }: BuiltModel, config: LossConfig): StepLoss {
  const { ctcWeight, labelSmoothing } = config;
  const { graph } = context;
  const ctc = (smoothing: number) =>
    graph.scope('loss', () => ctcLoss(context, forward.level, forward.logits, smoothing));
  const attention = () => {
    if (!spec.config.attention.enabled) throw new Error('loss.ctcWeight below 1 needs model.attention.enabled');
    const logits = graph.scope('decoder', () => attentionDecoder(context, spec, tensor, forward));
    return { logits, loss: graph.scope('loss', () => crossEntropy(context, logits, labelSmoothing)) };
  };
  const mean = (utteranceLoss: Value) => ({ loss: meanOverUtterances(context, utteranceLoss), utteranceLoss });
  if (ctcWeight === 1) return { ...mean(ctc(labelSmoothing)), logits: [forward.logits] };
  const ctcPart = ctcWeight === 0 ? undefined : ctc(0);
  const decoder = attention();
  if (!ctcPart) return { ...mean(decoder.loss), logits: [decoder.logits] };
  const parts = { ctc: ctcPart, attention: decoder.loss };
  return {
    ...mean(add(mul(parts.ctc, ctcWeight), mul(parts.attention, 1 - ctcWeight))),
    logits: [forward.logits, decoder.logits],
    components: {
      ctcLoss: meanOverUtterances(context, parts.ctc),
      attentionLoss: meanOverUtterances(context, parts.attention),
    },
  };
}

/** [batch] → []; rows that the batch does not fill count nothing. */
function meanOverUtterances(context: StepContext, perUtterance: Value): Value {
  const { batch: rows } = context.sizes;
  const weights = context.hostInput('utteranceWeight', [rows], 'float32', (batch) =>
    new Float32Array(rows).fill(1 / batch.batch, 0, batch.batch),
  );
  return reduceSum(mul(perUtterance, weights), [0]);
}

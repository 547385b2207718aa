import { add, gatherElements, logSoftmax, mul, neg, reduceMean, reduceSum, reshape } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { StepContext } from '../layers/stepContext.ts';

/**
 * Cross-entropy of a decoder's logits [steps, batch, vocabulary] with each transcript and its end (index 0), summed per
 * utterance, [batch]: a sum, as CTC's −log p is, so that the two can be weighed. Smoothing ε takes
 * (1 − ε)·onehot + ε/vocabulary as the target, as torch.nn.functional.cross_entropy(label_smoothing=ε).
 */
export function crossEntropy(context: StepContext, logits: Value, smoothing: number): Value {
  const [steps, batch] = staticShape(logits, 'crossEntropy') as [number, number, number];
  const normalised = logSoftmax(logits, 2);
  const targets = context.hostInput('decoder.targets', [steps, batch, 1], 'int32', (data) => {
    const filled = new Int32Array(steps * batch); // the end everywhere, before the tokens
    for (const [b, tokens] of data.tokens.entries())
      for (const [u, token] of tokens.entries()) filled[u * batch + b] = token;
    return filled;
  });
  const counted = context.hostInput('decoder.counted', [steps, batch], 'float32', (data) => {
    const filled = new Float32Array(steps * batch);
    for (const [b, tokens] of data.tokens.entries()) for (let u = 0; u <= tokens.length; u++) filled[u * batch + b] = 1;
    return filled;
  });
  const chosen = reshape(gatherElements(normalised, targets, 2), [steps, batch]);
  const score = smoothing === 0 ? chosen : add(mul(chosen, 1 - smoothing), mul(reduceMean(normalised, [2]), smoothing));
  return neg(reduceSum(mul(score, counted), [0]));
}

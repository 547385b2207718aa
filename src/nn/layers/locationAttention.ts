import { add, conv, matMul, reshape, softmax, squeeze, tanh, transpose, unsqueeze } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';

/** Parameters of location-aware attention as the layout has them. */
export interface AttentionTensors {
  /** W, [hidden, attention] */
  query: Value;
  /** F, [channels, 1, kernel]; the kernel is odd. */
  filter: Value;
  /** U, [channels, attention] */
  location: Value;
  /** w, [attention, 1] */
  energy: Value;
}

/** The same in the form each step multiplies with. */
export interface AttentionWeights {
  query: Value; // [hidden, attention]
  filter: Value; // [channels, 1, kernel]
  location: Value; // [attention, channels]
  energy: Value; // [1, attention]
}

export function attentionWeights({ query, filter, location, energy }: AttentionTensors): AttentionWeights {
  return { query, filter, location: transpose(location, [1, 0]), energy: reshape(energy, [1, -1]) };
}

/** What is attended to, prepared once for all steps; `rows` is 1 or the batch. */
export interface AttentionMemory {
  /** V·h + b, [rows, attention, frames] */
  keys: Value;
  /** h, [rows, frames, width] */
  encoded: Value;
  /** 0 on valid frames and `paddedEnergy` on padding, [rows, 1, frames]; absent where all frames are valid. */
  padding?: Value;
}

/**
 * Added to the energies of padding: no energy outweighs it, since |e| ≤ Σ|w|; its exponential is 0, and it fits into
 * float16.
 */
export const paddedEnergy = -3e4;

/**
 * One step of location-aware attention (Chorowski et al. 2015): e = w·tanh(W·s + V·h + U·(F ∗ α) + b), softmax of e over
 * the valid frames as the next alignment [batch, 1, frames], and Σ alignment·h as the context [batch, width], for the
 * decoder's state s [batch, hidden] and the alignment α of the step before.
 */
export function attend(weights: AttentionWeights, memory: AttentionMemory, state: Value, alignment: Value) {
  const squashed = attentionTanh(weights, memory.keys, state, locate(weights.filter, alignment));
  const energies = matMul(weights.energy, squashed);
  const next = softmax(memory.padding ? add(energies, memory.padding) : energies, 2);
  return { alignment: next, context: squeeze(matMul(next, memory.encoded), [1]) };
}

/** tanh(W·s + V·h + U·f + b), [batch, attention, frames], for f [batch, channels, frames]. */
export function attentionTanh(
  { query, location }: Pick<AttentionWeights, 'query' | 'location'>,
  keys: Value,
  state: Value,
  located: Value,
): Value {
  const content = add(keys, unsqueeze(matMul(state, query), [2]));
  return tanh(add(content, matMul(location, located)));
}

/** F ∗ α, [batch, channels, frames]; frames beyond the ends count as not attended. */
export function locate(filter: Value, alignment: Value): Value {
  const [, , kernel] = staticShape(filter, 'attention') as [number, number, number];
  const half = (kernel - 1) / 2;
  return conv(alignment, filter, undefined, { pads: [half, half] });
}

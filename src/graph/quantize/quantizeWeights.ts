/** int8 weights with one scale per channel. */
export interface QuantizedWeights {
  values: Int8Array;
  /** `weights ≈ values · scales[channel]` */
  scales: Float32Array;
}

/**
 * Symmetric, rounded to nearest, ±127: the zero point is 0, so a product needs no correction for it. `channelOf` names
 * the channel of the element at an index; a channel of zeros gets scale 1.
 */
export function quantizeWeights(
  weights: Float32Array,
  channels: number,
  channelOf: (index: number) => number,
): QuantizedWeights {
  const largest = new Float32Array(channels);
  for (let i = 0; i < weights.length; i++) {
    const channel = channelOf(i);
    const size = Math.abs(weights[i]!);
    if (!Number.isFinite(size)) throw new Error('a weight is not finite');
    if (size > largest[channel]!) largest[channel] = size;
  }
  const scales = largest.map((size) => (size > 0 ? size / 127 : 1));
  const values = new Int8Array(weights.length);
  for (let i = 0; i < weights.length; i++) values[i] = Math.round(weights[i]! / scales[channelOf(i)]!);
  return { values, scales };
}

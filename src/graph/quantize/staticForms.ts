import type { Activation } from './activationRange.ts';
import type { Bytes, ByteValues } from './byteValues.ts';
import { addMatrix } from './dynamicForms.ts';
import type { Rewriting } from './rewriting.ts';
import type { Site } from './sites.ts';
import { siteWeights } from './siteWeights.ts';

/** `MatMulIntegerToFloat` on the input's bytes. */
export function addStaticMatMul(rewriting: Rewriting, site: Site, bytes: ByteValues, output: string): void {
  const input = bytes.bytes(site.input, site.name, 'plain');
  const { weights, scale, zero, bias } = addMatrix(rewriting, site, input.turned);
  const inputs = [input.name, weights, input.scale, scale, input.zero, zero, ...(bias ? [bias] : [])];
  rewriting.add(site.name, { suffix: '', operator: 'MatMulIntegerToFloat', inputs, output });
}

/**
 * `QLinearConv` with channels last. `activation` is that of the site's output, after its tail: where a ReLU is in the
 * tail, the zero point is 0 and cuts off what the ReLU would. Declares the convolution's output as bytes.
 */
export function addStaticConv(rewriting: Rewriting, site: Site, bytes: ByteValues, activation: Activation): void {
  const input = bytes.bytes(site.input, site.name, 'channelsLast');
  const { values, scales, dims } = siteWeights(rewriting, site, site.weights[0]!);
  const channels = dims[0]!;
  const key = site.name;
  const { auto_pad: _, ...attributes } = site.node.attributes;
  const name = rewriting.add(key, {
    suffix: '',
    operator: 'QLinearConv',
    inputs: [
      ...[input.name, input.scale, input.zero],
      rewriting.addTensor(`${key}/int8`, dims, values),
      rewriting.addTensor(`${key}/scale`, [channels], scales),
      rewriting.addTensor(`${key}/zero`, [channels], new Int8Array(channels)),
      rewriting.addTensor(`${key}/out/scale`, [], Float32Array.of(activation.scale)),
      rewriting.addTensor(`${key}/out/zero`, [], Uint8Array.of(activation.zeroPoint)),
      rewriting.addTensor(`${key}/bias`, [channels], integerBias(rewriting, site, input, scales)),
    ],
    attributes: { ...attributes, channels_last: { kind: 'integer', value: 1 } },
    output: `${key}/bytes`,
  });
  bytes.declare(site.node.outputs[0]!, { name, channels, activation, site: key });
}

/** The bias in units of a product's scale, where it is added to the sum of products. */
function integerBias(rewriting: Rewriting, { node }: Site, { activation }: Bytes, scales: Float32Array): Int32Array {
  const bias = node.inputs[2] ? rewriting.floats(node.inputs[2]) : new Float32Array(scales.length);
  const largest = 2 ** 30;
  return Int32Array.from(bias, (value, channel) => {
    const units = Math.round(value / (activation.scale * scales[channel]!));
    return Math.max(-largest, Math.min(largest, units));
  });
}

import { integersAttribute } from '../onnx/modelFile.ts';
import type { Activation } from './activationRange.ts';
import type { Bytes, ByteValues } from './byteValues.ts';
import { addMatrix } from './dynamicForms.ts';
import { integers, type Rewriting } from './rewriting.ts';
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
export function addStaticConv(
  rewriting: Rewriting,
  site: Site,
  bytes: ByteValues,
  { activation, width }: { activation: Activation; width: number | undefined },
): void {
  const weights = siteWeights(rewriting, site, site.weights[0]!);
  const flat = weights.dims[1] === 1 ? width : undefined;
  const input = bytes.bytes(site.input, site.name, 'channelsLast', flat);
  const bias = integerBias(rewriting, site, input, weights.scales);
  const filters = { values: weights.values, dims: weights.dims, scales: weights.scales, bias };
  const together = columnsTogether(site, weights.dims, width);
  const { values, dims, scales, bias: units } = together > 1 ? joinColumns(filters, together) : filters;
  const channels = dims[0]!;
  const key = site.name;
  const { auto_pad: _, ...attributes } = site.node.attributes;
  const joined = { kernel_shape: integers(dims.slice(2)), strides: integers([strideOf(site, 0), together]) };
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
      rewriting.addTensor(`${key}/bias`, [channels], units),
    ],
    attributes: { ...attributes, ...(together > 1 ? joined : {}), channels_last: { kind: 'integer', value: 1 } },
    output: `${key}/bytes`,
  });
  const own = weights.dims[0]!;
  const split = () => {
    const shape = rewriting.addTensor(`${key}/columns`, [4], BigInt64Array.of(0n, 0n, BigInt(width!), BigInt(own)));
    return rewriting.add(key, { suffix: 'Reshape', operator: 'Reshape', inputs: [name, shape] });
  };
  const declared = { name: together > 1 ? split() : name, channels: own, activation, site: key };
  bytes.declare(site.node.outputs[0]!, declared);
}

/**
 * How many neighbouring columns one place of the kernel gives at once, where the picture has a single channel: the
 * integer product of one place would else be shorter than what gathering its elements takes.
 */
function columnsTogether(site: Site, dims: readonly number[], width: number | undefined): number {
  const [, inputs, , kernel] = dims as readonly [number, number, number, number];
  const pads = integersAttribute(site.node, 'pads') ?? [0, 0, 0, 0];
  if (width === undefined || inputs !== 1 || strideOf(site, 1) !== 1 || pads[1]! + pads[3]! !== kernel - 1) return 1;
  return [8, 4, 2].find((count) => width % count === 0) ?? 1;
}

const strideOf = ({ node }: Site, axis: number): number => integersAttribute(node, 'strides')?.[axis] ?? 1;

interface Filters {
  values: Int8Array;
  dims: readonly number[];
  scales: Float32Array;
  bias: Int32Array;
}

/** [filters, 1, height, kernel] → [count · filters, 1, height, kernel + count − 1]: each filter moved by each column. */
function joinColumns({ values, dims, scales, bias }: Filters, count: number): Filters {
  const [filters, , height, kernel] = dims as readonly [number, number, number, number];
  const wide = kernel + count - 1;
  const joined = new Int8Array(count * filters * height * wide);
  for (let column = 0; column < count; column++)
    for (let row = 0; row < filters * height; row++) {
      const from = values.subarray(row * kernel, (row + 1) * kernel);
      joined.set(from, (column * filters * height + row) * wide + column);
    }
  return {
    values: joined,
    dims: [count * filters, 1, height, wide],
    scales: Float32Array.from({ length: count * filters }, (_, i) => scales[i % filters]!),
    bias: Int32Array.from({ length: count * filters }, (_, i) => bias[i % filters]!),
  };
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

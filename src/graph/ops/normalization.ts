import { defineMultiOp, type Op } from '../defineOp.ts';
import { requireSameType, sameType } from '../operand.ts';
import { type Dim, staticShape, type Value } from '../value.ts';
import { cast } from './compare.ts';
import { add, mul, sub } from './elementwise.ts';
import { reduceMean, reduceSum } from './reduce.ts';
import { reshape } from './shape.ts';

export interface LayerNormalizationOptions {
  /** Default 1e-5, as nn.LayerNorm. */
  readonly epsilon?: number;
}

/**
 * Rows of the last axis to mean 0 and (biased) variance 1, then times gain plus bias, both [width].
 * Outputs: the result, each row's mean, and 1 / √(variance + epsilon); these two are float32 whatever x is.
 */
export const layerNormalization: Op<
  [x: Value, gain: Value, bias: Value, options?: LayerNormalizationOptions],
  readonly Value[]
> = defineMultiOp({
  name: 'layerNormalization',
  onnx: 'LayerNormalization',
  node: (x: Value, gain: Value, bias: Value, options?: LayerNormalizationOptions) => ({
    inputs: [x, gain, bias],
    attributes: { axis: -1, epsilon: { float: options?.epsilon ?? 1e-5 } },
  }),
  requiredOutputs: 1,
  outputs({ inputs: [x, gain, bias] }) {
    requireSameType(x, gain);
    const width = x.shape.at(-1);
    if (`${gain.shape}` !== `${width}` || `${bias.shape}` !== `${width}`)
      throw new Error(`gain and bias need [${width}]`);
    const perRow = { dtype: 'float32' as const, shape: [...x.shape.slice(0, -1), 1] };
    return [...sameType(x), perRow, perRow];
  },
  gradient({ inputs: [x, gain], outputs, grads }) {
    const like = (value: Value) => (value.dtype === x.dtype ? value : cast(value, x.dtype));
    const [mean, inverse] = outputs.slice(1).map(like) as [Value, Value];
    const [ofY, ofMean, ofInverse] = grads.map((grad) => grad && like(grad));
    const normal = mul(sub(x, mean), inverse);
    // The statistics' own gradients exist for completeness: nothing trains through them.
    const direct = [
      ...(ofMean ? [mul(ofMean, 1 / widthOf(x))] : []),
      ...(ofInverse ? [mul(mul(normal, mul(inverse, inverse)), mul(ofInverse, -1 / widthOf(x)))] : []),
    ];
    const { ofX, ofGain, ofBias } = ofY ? resultGradient(ofY, normal, gain, inverse) : {};
    const parts = [...(ofX ? [ofX] : []), ...direct];
    return [parts.reduce((sum, part) => add(sum, part)), ofGain, ofBias];
  },
  samples: [
    {
      title: 'two rows by hand',
      inputs: [
        { shape: [2, 2], values: [1, 3, 5, 5] },
        { shape: [2], values: [1, 2] },
        { shape: [2], values: [0, 10] },
      ],
      args: (x, gain, bias) => [x, gain, bias, { epsilon: 3 }],
      expected: [
        [-0.5, 11, 0, 10],
        [2, 5],
        [0.5, 1 / Math.sqrt(3)],
      ],
    },
    {
      title: 'three axes',
      inputs: [{ shape: [2, 3, 5] }, { shape: [5] }, { shape: [5] }],
      args: (x, gain, bias) => [x, gain, bias],
    },
    {
      title: 'named rows',
      inputs: [{ shape: ['batch', 'time', 4], sizes: { batch: 2, time: 3 } }, { shape: [4] }, { shape: [4] }],
      args: (x, gain, bias) => [x, gain, bias],
    },
  ],
});

function resultGradient(grad: Value, normal: Value, gain: Value, inverse: Value) {
  const mean = (x: Value) => reduceMean(x, [-1], { keepDims: true });
  const byNormal = mul(grad, normal);
  const scaled = mul(grad, gain);
  const centred = sub(sub(scaled, mean(scaled)), mul(normal, mean(mul(byNormal, gain))));
  return { ofX: mul(centred, inverse), ofGain: sumOfRows(byNormal), ofBias: sumOfRows(grad) };
}

const sumOfRows = (x: Value): Value => reduceSum(reshape(x, [-1, widthOf(x)]), [0]);
const widthOf = (x: Value): number =>
  staticShape({ ...x, shape: x.shape.slice(-1) as Dim[] }, 'layerNormalization')[0]!;

import { customGradient } from '../../graph/customGradient.ts';
import { conv, matMul, reduceSum, reshape, slice, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import { filterGradient } from './filterGradient.ts';

const same = { pads: [1, 1, 1, 1] };

/** 3×3 convolution of the same size: x [batch, inputs, frames, width], weight [outputs, inputs, 3, 3]. The bias gets no gradient. */
export function convolve(x: Value, weight: Value, bias?: Value): Value {
  const gradient = ([grad]: readonly (Value | undefined)[]) => convolutionGradient(x, weight, grad!);
  return customGradient({ outputs: [conv(x, weight, bias, same)], inputs: [x, weight], gradient })[0]!;
}

/** 1×1 convolution without bias: x [batch, inputs, frames, width], weight [outputs, inputs, 1, 1]. */
export function pointwiseConvolution(x: Value, weight: Value): Value {
  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const [batch, inputs, frames, width] = staticShape(x, 'the gradient of a convolution') as Shape4;
    const [outputs] = staticShape(weight, 'the gradient of a convolution') as Shape4;
    const columns = transpose(reshape(x, [batch, inputs, frames * width]), [0, 2, 1]);
    const products = matMul(reshape(grad!, [batch, outputs, frames * width]), columns);
    const dWeight = reshape(reduceSum(products, [0]), weight.shape);
    return [conv(grad!, transpose(weight, [1, 0, 2, 3])), dWeight];
  };
  return customGradient({ outputs: [conv(x, weight)], inputs: [x, weight], gradient })[0]!;
}

/** Gradients of input and filters for the gradient of `convolve`'s output. */
export function convolutionGradient(x: Value, weight: Value, grad: Value): [Value, Value] {
  const turned = transpose(slice(weight, { axis: 2, step: -1 }, { axis: 3, step: -1 }), [1, 0, 2, 3]);
  return [conv(grad, turned, undefined, same), filterGradient(x, grad)];
}

type Shape4 = [number, number, number, number];

import { customGradient } from '../../graph/customGradient.ts';
import { concat, conv, gemm, matMul, pad, reduceSum, reshape, slice, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';

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

/**
 * dW[o, c, i, j] = Σ grad[b, o, t, f] · x[b, c, t + i − 1, f + j − 1] as three products per utterance. Copies are what
 * costs here besides the products: shifts along the width are products with a constant, which run on all threads and
 * pad by themselves; shifts along time are done on the gradient, which is smaller than three copies of the input.
 */
function filterGradient(x: Value, grad: Value): Value {
  const [batch, inputs, frames, width] = staticShape(x, 'the gradient of a convolution') as Shape4;
  const outputs = staticShape(grad, 'the gradient of a convolution')[1]!;
  const shifted = concat([shiftWidth(x, -1), x, shiftWidth(x, 1)], 1); // [batch, 3·inputs, frames, width]
  const columns = transpose(reshape(shifted, [batch, 3 * inputs, frames * width]), [0, 2, 1]);
  const padded = pad(grad, { axis: 2, before: 1, after: 1 });
  const rows = [slice(padded, { axis: 2, start: 2 }), grad, slice(padded, { axis: 2, end: frames })];
  const products = rows.map((piece) => {
    const product = matMul(reshape(piece, [batch, outputs, frames * width]), columns);
    return reshape(reduceSum(product, [0]), [1, outputs, 3, inputs]);
  });
  return transpose(concat(products, 0), [1, 3, 0, 2]);
}

type Shape4 = [number, number, number, number];

/** x[…, f + by], 0 beyond the edge. */
function shiftWidth(x: Value, by: number): Value {
  const width = staticShape(x, 'the gradient of a convolution')[3]!;
  const selector = new Float32Array(width * width);
  for (let f = 0; f < width; f++) if (f + by >= 0 && f + by < width) selector[(f + by) * width + f] = 1;
  return reshape(gemm(reshape(x, [-1, width]), x.graph.constant(selector, [width, width])), x.shape);
}

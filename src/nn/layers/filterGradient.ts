import { concat, gemm, matMul, pad, reduceSum, reshape, slice, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';

/** Gradient of a 3×3 convolution's filters [outputs, inputs, 3, 3] for its input x and the gradient of its output. */
export function filterGradient(x: Value, grad: Value): Value {
  const [, inputs, , width] = staticShape(x, what) as Shape4;
  return width % TILE === 0 && inputs >= manyInputs ? tiledProducts(x, grad) : shiftedProducts(x, grad);
}

type Shape4 = [number, number, number, number];
const what = 'the gradient of a convolution';

/** From here on products weigh more than the transforms that halve them. */
const manyInputs = 16;

const TILE = 4;
/** Of Winograd's F(4, 3) (Lavin & Gray 2016), points 0, ±1, ±2 and ∞: six products stand for the twelve of a tile. */
const fromInput = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];
const fromGrad = [
  [1, 0, 0, 0],
  [1, 1, 1, 1],
  [1, -1, 1, -1],
  [1, 2, 4, 8],
  [1, -2, 4, -8],
  [0, 0, 0, 1],
];
const toFilter = [
  [1 / 4, -1 / 6, -1 / 6, 1 / 24, 1 / 24, 0],
  [0, -1 / 6, 1 / 6, 1 / 12, -1 / 12, 0],
  [0, -1 / 6, -1 / 6, 1 / 6, 1 / 6, 1],
];
const POINTS = fromInput.length;

/**
 * The same by Winograd's minimal filtering along the width, transposed: four frequencies of the gradient meet six of the
 * input in six products instead of twelve. Both transforms are products with constants, which run on all threads, pad by
 * themselves and write less than three shifted copies of the input; shifts along time are done on the input.
 */
function tiledProducts(x: Value, grad: Value): Value {
  const { graph } = x;
  const [batch, inputs, frames, width] = staticShape(x, what) as Shape4;
  const outputs = staticShape(grad, what)[1]!;
  const tiles = width / TILE;
  const transformed = (value: Value, channels: number, matrix: readonly number[][], before: number) => {
    const data = new Float32Array(POINTS * width * tiles);
    for (const [point, factors] of matrix.entries()) {
      for (let f = 0; f < width; f++) {
        for (let tile = 0; tile < tiles; tile++) {
          data[(point * width + f) * tiles + tile] = factors[f - TILE * tile + before] ?? 0;
        }
      }
    }
    const rows = reshape(value, [batch, 1, channels * frames, width]);
    return matMul(rows, graph.constant(data, [POINTS, width, tiles])); // [batch, points, channels·frames, tiles]
  };
  const ofGrad = reshape(transformed(grad, outputs, fromGrad, 0), [batch, POINTS, outputs, frames * tiles]);
  const ofInput = reshape(transformed(x, inputs, fromInput, 1), [batch, POINTS * inputs, frames, tiles]);
  const padded = pad(ofInput, { axis: 2, before: 1, after: 1 });
  const shifted = [slice(padded, { axis: 2, end: frames }), ofInput, slice(padded, { axis: 2, start: 2 })];
  const back = graph.constant(Float32Array.from(toFilter.flat()), [3, POINTS]);
  const products = shifted.map((piece) => {
    const columns = transpose(reshape(piece, [batch, POINTS, inputs, frames * tiles]), [0, 1, 3, 2]);
    const product = reduceSum(matMul(ofGrad, columns), [0]); // [points, outputs, inputs]
    return reshape(matMul(back, reshape(product, [POINTS, outputs * inputs])), [1, 3, outputs, inputs]);
  });
  return transpose(concat(products, 0), [2, 3, 0, 1]);
}

/**
 * dW[o, c, i, j] = Σ grad[b, o, t, f] · x[b, c, t + i − 1, f + j − 1] as three products per utterance. Copies are what
 * costs here besides the products: shifts along the width are products with a constant, which run on all threads and
 * pad by themselves; shifts along time are done on the gradient, which is smaller than three copies of the input.
 */
function shiftedProducts(x: Value, grad: Value): Value {
  const [batch, inputs, frames, width] = staticShape(x, what) as Shape4;
  const outputs = staticShape(grad, what)[1]!;
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

/** x[…, f + by], 0 beyond the edge. */
function shiftWidth(x: Value, by: number): Value {
  const width = staticShape(x, what)[3]!;
  const selector = new Float32Array(width * width);
  for (let f = 0; f < width; f++) if (f + by >= 0 && f + by < width) selector[(f + by) * width + f] = 1;
  return reshape(gemm(reshape(x, [-1, width]), x.graph.constant(selector, [width, width])), x.shape);
}

import { expect, test } from 'vitest';
import { createGraph } from '../../src/graph/graph.ts';
import { filterGradient } from '../../src/nn/layers/filterGradient.ts';
import { createRandom } from '../../src/shared/random.ts';
import { runGraph } from './ort.ts';

function numbers(name: string, count: number): Float32Array {
  const random = createRandom('filter gradient', name);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** dW[o, c, i, j] = Σ grad[b, o, t, f] · x[b, c, t + i − 1, f + j − 1] in float64. */
function reference(x: Float32Array, grad: Float32Array, [batch, inputs, outputs, frames, width]: readonly number[]) {
  const result = new Float64Array(outputs! * inputs! * 9);
  const at = (data: Float32Array, channels: number, b: number, c: number, t: number, f: number) =>
    t < 0 || f < 0 || t >= frames! || f >= width! ? 0 : data[((b * channels + c) * frames! + t) * width! + f]!;
  for (let index = 0; index < result.length; index++) {
    const [o, c] = [Math.floor(index / (inputs! * 9)), Math.floor(index / 9) % inputs!];
    const [i, j] = [Math.floor(index / 3) % 3, index % 3];
    for (let b = 0; b < batch!; b++)
      for (let t = 0; t < frames!; t++)
        for (let f = 0; f < width!; f++)
          result[index]! += at(grad, outputs!, b, o, t, f) * at(x, inputs!, b, c, t + i - 1, f + j - 1);
  }
  return result;
}

test.each([
  ['shifted', [2, 3, 4, 7, 8]],
  ['shifted, width not of tiles', [2, 17, 4, 7, 10]],
  ['tiled', [2, 16, 5, 7, 8]],
  ['tiled, one tile, one frame', [1, 16, 3, 1, 4]],
  ['tiled, long', [3, 20, 6, 50, 20]],
] as const)('the gradient of filters is the correlation of input and gradient (%s)', async (_, sizes) => {
  const [batch, inputs, outputs, frames, width] = sizes;
  const graph = createGraph();
  const x = graph.input('x', [batch, inputs, frames, width]);
  const grad = graph.input('grad', [batch, outputs, frames, width]);
  const feeds = {
    x: numbers('x', batch * inputs * frames * width),
    grad: numbers('grad', batch * outputs * frames * width),
  };
  const { dW } = await runGraph({ dW: filterGradient(x, grad) }, feeds);
  const expected = reference(feeds.x, feeds.grad, sizes);
  const norm = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / expected.length);
  const error = Math.sqrt(dW.numbers.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0) / expected.length);
  // Rounding of float32 is 6e-8; sums of products of normal numbers, with tiles after factors of up to 8.
  expect(error / norm).toBeLessThan(2e-6);
});

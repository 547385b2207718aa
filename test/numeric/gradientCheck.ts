import { gradients } from '../../src/graph/autodiff.ts';
import { mul } from '../../src/graph/ops/elementwise.ts';
import { reduceSum } from '../../src/graph/ops/reduce.ts';
import { isFloat, type Value } from '../../src/graph/value.ts';
import { createRandom } from '../../src/shared/random.ts';
import { prepareGraph } from './ort.ts';

export interface GradientCheck {
  /** Values a loss is made of; float32 with static shapes. */
  readonly outputs: readonly Value[];
  /** Graph inputs to differentiate by. */
  readonly wrt: readonly Value[];
  readonly feeds: Readonly<Record<string, readonly number[]>>;
  readonly directions?: number;
  /** Step of the differences. */
  readonly step?: number;
}

/**
 * Compares gradients with five-point central differences of randomly weighted outputs along random directions.
 * Returns the largest deviation relative to the size of gradient and direction. Differences of float32 results carry
 * about 1e-7·√n/step ≈ 1e-5 of noise and the five points an error of the order of step⁴.
 */
export async function gradientDeviation(check: GradientCheck): Promise<number> {
  const { outputs, wrt, feeds, directions = 4, step = 1 / 128 } = check;
  const random = createRandom('gradient check');
  const floats = outputs.filter(({ dtype }) => isFloat(dtype));
  const weights = floats.map((output) =>
    output.graph.constant(Float32Array.from(normals(sizeOf(output), random)), numeric(output)),
  );
  const losses = floats.map((output, i) => weighted(output, weights[i]!));
  const names = wrt.map((value) => (value.source.kind === 'input' ? value.source.name : ''));
  const derived = gradients(losses, wrt);
  const backward = await prepareGraph(
    Object.fromEntries(derived.map((value, i) => [`gradient of ${names[i]}`, value])),
  );
  const found = await backward.run(feeds);
  const forward = await prepareGraph(Object.fromEntries(floats.map((output, i) => [`output ${i}`, output])));
  const lossAt = async (point: Readonly<Record<string, readonly number[]>>) => {
    const results = await forward.run(point);
    let sum = 0;
    for (const [i, weight] of weights.entries()) {
      const factors = weight.source.kind === 'constant' ? (weight.source.data as Float32Array) : [];
      const { numbers } = results[`output ${i}`]!;
      for (const [k, number] of numbers.entries()) sum += number * factors[k]!;
    }
    return sum;
  };
  let worst = 0;
  for (let n = 0; n < directions; n++) {
    const direction = names.map((name) => normals(feeds[name]!.length, random));
    const at = (distance: number) => {
      const moved = names.map(
        (name, i) => [name, feeds[name]!.map((x, k) => x + distance * direction[i]![k]!)] as const,
      );
      return lossAt({ ...feeds, ...Object.fromEntries(moved) });
    };
    const [a, b, c, d] = [await at(-2 * step), await at(-step), await at(step), await at(2 * step)] as const;
    const expected = (a - 8 * b + 8 * c - d) / (12 * step);
    const parts = names.map((name, i) => ({
      gradient: found[`gradient of ${name}`]!.numbers,
      direction: direction[i]!,
    }));
    const actual = parts.reduce((sum, part) => sum + dot(part.gradient, part.direction), 0);
    const scale = parts.reduce((sum, part) => sum + norm(part.gradient) * norm(part.direction), 1e-2);
    worst = Math.max(worst, Math.abs(actual - expected) / scale);
    if (Number.isNaN(actual - expected)) return Number.NaN;
  }
  await Promise.all([backward.release(), forward.release()]);
  return worst;
}

const numeric = (value: Value) => value.shape.map(Number);
const sizeOf = (value: Value) => numeric(value).reduce((product, dim) => product * dim, 1);
const normals = (count: number, random: { normal(): number }) => Array.from({ length: count }, () => random.normal());
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const norm = (a: readonly number[]) => Math.sqrt(dot(a, a));

function weighted(output: Value, weight: Value): Value {
  const axes = output.shape.map((_, axis) => axis);
  return reduceSum(mul(output, weight), axes);
}

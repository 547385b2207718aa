import { expect } from 'vitest';
import { gradients } from '../../src/graph/autodiff.ts';
import type { ErasedSample, OpDefinition } from '../../src/graph/defineOp.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { cast } from '../../src/graph/ops/compare.ts';
import { isFloat, type Value } from '../../src/graph/value.ts';
import { gradientDeviation } from './gradientCheck.ts';
import { runGraph } from './ort.ts';
import { contentOf, sizeOf } from './sampleContent.ts';

/** float32 has 24 bits; sums of a few dozen products of numbers about 1 lose less than four more. */
const OUTPUT_TOLERANCE = 1e-5;
/** Noise of the differences (see gradientDeviation) with a margin of ten; a wrong rule is off by 1e-1 and more. */
const GRADIENT_TOLERANCE = 1e-3;

/** Types, shapes and contents of a sample's outputs on ONNX Runtime are as the op says. */
export async function checkForward(sample: ErasedSample): Promise<void> {
  const graph = createGraph();
  const contents = sample.inputs.map(contentOf);
  const inputs = sample.inputs.map((input, i) => graph.input(`x${i}`, input.shape, input.dtype));
  const outputs = sample.build(inputs);
  const feeds = sample.inputs.map((input, i) => {
    return [`x${i}`, { data: contents[i]!, shape: input.shape.map((dim) => sizeOf(dim, input.sizes)) }] as const;
  });
  const sizes = Object.assign({}, ...sample.inputs.map((input) => input.sizes));
  const results = await runGraph(named('y', outputs), Object.fromEntries(feeds));
  const expected = typeof sample.expected === 'function' ? sample.expected(...contents.map(float32)) : sample.expected;
  for (const [i, output] of outputs.entries()) {
    const result = results[`y${i}`]!;
    expect(result.dtype).toBe(output.dtype);
    expect(result.shape).toEqual(output.shape.map((dim) => sizeOf(dim, sizes)));
    expectClose(result.numbers, expected?.[i]);
  }
}

/** 11 bits each for inputs and output, and a sample's few dozen terms. */
const FLOAT16_TOLERANCE = 2 ** -8;

/** The sample with float16 for float32, forward and backward: the same types and, to float16's rounding, the same content. */
export async function checkFloat16({ gradient }: OpDefinition, sample: ErasedSample): Promise<void> {
  const run = (type: 'float32' | 'float16') => {
    const graph = createGraph();
    const inputs = sample.inputs.map((input, i) => {
      const shape = input.shape.map((dim) => sizeOf(dim, input.sizes));
      const fed = graph.input(`x${i}`, shape, input.dtype);
      return fed.dtype === 'float32' ? cast(fed, type) : fed;
    });
    const outputs = sample.build(inputs);
    const floats = outputs.filter(({ dtype }) => isFloat(dtype));
    const wrt = inputs.filter(({ dtype }) => isFloat(dtype));
    const derived = gradient === 'none' || floats.length === 0 || wrt.length === 0 ? [] : gradients(floats, wrt);
    for (const [i, found] of derived.entries()) expect(found.dtype).toBe(wrt[i]!.dtype);
    const fetched = Object.entries({ ...named('y', outputs), ...named('g', derived) });
    const readable = fetched.map(([name, value]) => [name, value.dtype === 'float16' ? cast(value, 'float32') : value]);
    // Rounded to float16 first, so that both runs see the same numbers.
    const feeds = sample.inputs.map((input, i) => [`x${i}`, Array.from(contentOf(input), Math.f16round)] as const);
    return runGraph(Object.fromEntries(readable) as Record<string, Value>, Object.fromEntries(feeds));
  };
  const [exact, half] = [await run('float32'), await run('float16')];
  expect(Object.keys(half)).toEqual(Object.keys(exact));
  for (const [name, { numbers, shape }] of Object.entries(half)) {
    // The runtime expands float16 tensors without elements to ones with some.
    if (exact[name]!.numbers.length === 0) continue;
    expect(shape).toEqual(exact[name]!.shape);
    for (const [i, number] of exact[name]!.numbers.entries()) {
      const tolerance = FLOAT16_TOLERANCE * Math.max(1, Math.abs(number));
      expect(Math.abs(numbers[i]! - number), `${name}[${i}]: ${numbers[i]} for ${number}`).toBeLessThanOrEqual(
        tolerance,
      );
    }
  }
}

/** Gradients exist for static shapes, so sizes take the place of names. */
export async function checkGradient(sample: ErasedSample): Promise<void> {
  const graph = createGraph();
  const feeds = Object.fromEntries(sample.inputs.map((input, i) => [`x${i}`, contentOf(input)]));
  const inputs = sample.inputs.map((input, i) => {
    const shape = input.shape.map((dim) => sizeOf(dim, input.sizes));
    return graph.input(`x${i}`, shape, input.dtype);
  });
  const outputs = sample.build(inputs).filter(({ dtype }) => isFloat(dtype));
  const wrt = inputs.filter(({ dtype }) => isFloat(dtype));
  if (wrt.length === 0 || outputs.length === 0) return;
  if (sample.expectedGradients) {
    const results = await runGraph(named('g', gradients(outputs, inputs)), feeds);
    for (const i of inputs.keys()) expectClose(results[`g${i}`]!.numbers, sample.expectedGradients[i]);
    return;
  }
  const derived = gradients(outputs, wrt);
  for (const [i, gradient] of derived.entries()) expect(gradient.shape).toEqual(wrt[i]!.shape);
  expect(await gradientDeviation({ outputs, wrt, feeds })).toBeLessThan(GRADIENT_TOLERANCE);
}

function expectClose(actual: readonly number[], expected: readonly number[] | undefined): void {
  if (!expected) return;
  expect(actual.length).toBe(expected.length);
  for (const [i, number] of expected.entries()) {
    expect(Math.abs(actual[i]! - number), `element ${i}: ${actual[i]} for ${number}`).toBeLessThanOrEqual(
      OUTPUT_TOLERANCE * Math.max(1, Math.abs(number)),
    );
  }
}

const float32 = (numbers: readonly number[]) => Array.from(Float32Array.from(numbers));

function named(prefix: string, values: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(values.map((value, i) => [`${prefix}${i}`, value]));
}

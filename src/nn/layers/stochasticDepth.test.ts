import { expect, test } from 'vitest';
import type { Value } from '../../graph/value.ts';
import type { Batch } from '../batch.ts';
import { createStepContext } from './stepContext.ts';
import { dropChance, stochasticDepth } from './stochasticDepth.ts';

const batch = { batch: 1, frameCounts: Int32Array.of(1) } as Batch;
const { context, makeFeeds } = createStepContext({ batch: 1, frames: 1, maxTokens: 1 }, true);
const [input, output] = ['input', 'output'].map((name) => context.graph.input(name, [1, 2])) as [Value, Value];
for (const layer of [0, 1, 2, 3]) {
  stochasticDepth(context, `layers.${layer}`, dropChance(0.4, layer, 4), input, output);
}
const factors = (step: number, seed = 1) => {
  const feeds = makeFeeds(batch, { seed, step });
  return [0, 1, 2, 3].map((layer) => (feeds[`depth.layers.${layer}`]!.data as Float32Array)[0]!);
};

test('the chance of leaving a layer out rises in equal steps to the last', () => {
  expect([0, 1, 2, 3].map((layer) => dropChance(0.4, layer, 4))).toEqual([0.1, 0.2, expect.closeTo(0.3), 0.4]);
});

test('a layer is left out as often as its chance says, and what is kept makes up for it', () => {
  const steps = 4000;
  const drawn = Array.from({ length: steps }, (_, step) => factors(step));
  for (let layer = 0; layer < 4; layer++) {
    const chance = dropChance(0.4, layer, 4);
    const own = drawn.map((row) => row[layer]!);
    expect(new Set(own)).toEqual(new Set([0, Math.fround(1 / (1 - chance))]));
    // The mean of 4000 draws is 1 within five standard deviations.
    const deviation = Math.sqrt(chance / (1 - chance) / steps);
    expect(Math.abs(own.reduce((sum, factor) => sum + factor, 0) / steps - 1)).toBeLessThan(5 * deviation);
  }
  const together = drawn.filter((row) => row[2] === 0 && row[3] === 0).length / steps;
  expect(Math.abs(together - 0.3 * 0.4)).toBeLessThan(5 * Math.sqrt((0.12 * 0.88) / steps));
});

test('draws follow from seed and step alone', () => {
  expect(factors(7)).toEqual(factors(7));
  const many = (seed: number) => Array.from({ length: 50 }, (_, step) => factors(step, seed)).flat();
  expect(many(1)).not.toEqual(many(2));
});

test('evaluation leaves nothing out', () => {
  const evaluation = createStepContext({ batch: 1, frames: 1, maxTokens: 1 }, false).context;
  const [before, after] = ['input', 'output'].map((name) => evaluation.graph.input(name, [1, 2])) as [Value, Value];
  expect(stochasticDepth(evaluation, 'layers.0', 0.4, before, after)).toBe(after);
});

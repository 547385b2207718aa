import { expect, it } from 'vitest';
import { planGrid, planRandom } from './planTrials.ts';
import type { SweepKey } from './sweepKeys.ts';

const rate: SweepKey = { key: 'optimizer.learningRate', low: 1e-4, high: 1e-2, scale: 'log', whole: false };
const layers: SweepKey = { key: 'model.rnn.layers', low: 1, high: 3, scale: 'linear', whole: true };
const dropout: SweepKey = { key: 'model.dropout', values: ['0.1', '0.3'] };

it('a grid has every combination, the last key fastest; whole numbers that fall together count once', () => {
  expect(planGrid([{ ...rate, count: 3 }, dropout])).toEqual([
    ['1e-4', '0.1'],
    ['1e-4', '0.3'],
    ['0.001', '0.1'],
    ['0.001', '0.3'],
    ['0.01', '0.1'],
    ['0.01', '0.3'],
  ]);
  expect(planGrid([{ ...layers, count: 9 }])).toEqual([['1'], ['2'], ['3']]);
  expect(() => planGrid([rate])).toThrow(/=0\.0001\.\.0\.01\/5; or draw them/);
  expect(() => planGrid([{ ...rate, count: 201 }])).toThrow(/a grid of 201 trials is more than 200/);
});

it('draws follow the seed, stay in their ranges and are spread evenly over the scale', () => {
  const drawn = planRandom([rate, dropout], 100, 1);
  expect(planRandom([rate, dropout], 100, 1)).toEqual(drawn);
  expect(planRandom([rate, dropout], 10, 1)).toEqual(drawn.slice(0, 10));
  expect(planRandom([rate, dropout], 100, 2)).not.toEqual(drawn);
  const rates = drawn.map(([value]) => Number(value));
  expect(rates.every((value) => value >= 1e-4 && value <= 1e-2)).toBe(true);
  // Half of a logarithmic range lies below its geometric middle; four deviations of a fair coin.
  expect(Math.abs(rates.filter((value) => value < 1e-3).length - 50)).toBeLessThan(20);
  expect(new Set(drawn.map(([, value]) => value))).toEqual(new Set(['0.1', '0.3']));
});

it('no combination is drawn twice, so there may be fewer than asked for', () => {
  const drawn = planRandom([layers, dropout], 50, 1);
  expect(drawn).toHaveLength(6);
  expect(new Set(drawn.map(String)).size).toBe(6);
});

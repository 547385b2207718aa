import { expect, it } from 'vitest';
import { halve, type SeriesPoint } from '../../../src/shared/run/stepSeries.ts';
import { findSpikes } from './spikes.ts';

const point = (step: number, loss: number): SeriesPoint => ({
  ...{ firstStep: step, lastStep: step, steps: 1, timeMs: step, loss, learningRate: 1, gradientNorm: 1, durationMs: 1 },
  ...{ waitMs: 0, paddingShare: 0, audioSec: 1, lossMax: loss, lossMaxStep: step, gradientNormMax: 1 },
});
const falling = Array.from({ length: 64 }, (_, i) => point(i + 1, i === 40 ? 9 : i === 50 ? 4 : 3 - i / 64));

it('finds the steps that stand out, also after they were merged with others', () => {
  expect(findSpikes({ history: falling, recent: [] }, 5).map(({ step, loss }) => [step, loss])).toEqual([
    [41, 9],
    [51, 4],
  ]);
  expect(findSpikes({ history: halve(falling), recent: [] }, 5)[0]).toMatchObject({ step: 41, loss: 9 });
});

it('a curve without spikes has none', () => {
  expect(findSpikes({ history: falling.slice(0, 30), recent: [] }, 5)).toEqual([]);
});

import { expect, test } from 'vitest';
import { experimentSchema } from '../shared/config/schema.ts';
import { describeSchedule, scheduleCurve } from './describeSchedule.ts';

const experiment = (schedule: object, epochs = 10) =>
  experimentSchema.parse({ data: { train: ['a'] }, schedule, training: { epochs } });

test.each([
  [{ type: 'oneCycle' }, 10, true],
  [{ type: 'warmup' }, 10, true],
  [{ type: 'cosineWarmRestarts', t0Epochs: 10 }, 10, true],
  [{ type: 'cosineWarmRestarts', t0Epochs: 10, per: 'epoch' }, 70, true],
  [{ type: 'cosineWarmRestarts', t0Epochs: 10 }, 100, false],
  [{ type: 'constant' }, 10, undefined],
  [{ type: 'plateau' }, 10, undefined],
])('%o over %i epochs ends lowest: %s', (schedule, epochs, expected) => {
  expect(describeSchedule(experiment(schedule, epochs)).endsAtMinimum).toBe(expected);
});

test('the curve is that of every step where there are few, and has both ends where there are many', () => {
  const few = scheduleCurve(experiment({ type: 'constant' }, 2), 3);
  expect(few.map(({ epoch }) => Number(epoch.toFixed(3)))).toEqual([0.333, 0.667, 1, 1.333, 1.667, 2]);
  const many = scheduleCurve(experiment({ type: 'oneCycle' }, 50_000), 1000);
  expect(many.length).toBeLessThan(1000);
  expect(many[0]!.epoch).toBeCloseTo(0.001);
  expect(many.at(-1)!.epoch).toBe(50_000);
  expect(Math.max(...many.map(({ learningRate }) => learningRate))).toBeCloseTo(1e-3, 5);
});

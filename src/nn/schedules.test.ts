import { expect, test } from 'vitest';
import { readTorchFixture } from '../../test/numeric/torchFixture.ts';
import { scheduleSchema } from '../shared/config/trainingSchema.ts';
import { learningRateAt } from './schedules.ts';

interface Fixture {
  oneCycle: { total: number; warmupFraction: number; peak: number; rates: number[] }[];
}

test('oneCycle equals torch.optim.lr_scheduler.OneCycleLR at every step', () => {
  const { oneCycle } = readTorchFixture<Fixture>('optimizer');
  expect(oneCycle.length).toBe(5);
  for (const { total, warmupFraction, peak, rates } of oneCycle) {
    const ours = rates.map((_, step) =>
      learningRateAt(scheduleSchema.parse({ type: 'oneCycle', warmupFraction }), { learningRate: peak }, step, total),
    );
    // Both compute in float64; only the order of operations differs.
    for (const [step, rate] of rates.entries()) expect(Math.abs(ours[step]! - rate)).toBeLessThan(1e-12 * peak);
  }
});

test('constant stays at the peak', () => {
  expect(learningRateAt(scheduleSchema.parse({ type: 'constant' }), { learningRate: 0.3 }, 7, 10)).toBe(0.3);
});

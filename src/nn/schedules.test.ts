import { expect, test } from 'vitest';
import { readTorchFixture } from '../../test/numeric/torchFixture.ts';
import { scheduleSchema } from '../shared/config/trainingSchema.ts';
import { learningRateAt, type PlateauState, type SchedulePosition, updatePlateau, warmupSteps } from './schedules.ts';

const start: SchedulePosition = { step: 0, totalSteps: 10, epoch: 0, epochShare: 0, reductions: 0 };

interface OneCycleFixture {
  oneCycle: { total: number; warmupFraction: number; peak: number; rates: number[] }[];
}

interface Fixture {
  restarts: {
    t0Epochs: number;
    tMult: number;
    minLearningRate: number;
    peak: number;
    stepsPerEpoch: number;
    perEpoch: number[];
    perStep: number[];
  }[];
  plateau: {
    factor: number;
    patienceEpochs: number;
    threshold: number;
    minLearningRate: number;
    peak: number;
    metrics: number[];
    rates: number[];
  }[];
}
const { restarts, plateau } = readTorchFixture<Fixture>('optimisation');

/** Both compute in float64; only the order of operations differs, and the fixture has 15 digits. */
const close = (ours: number, theirs: number, peak: number) =>
  expect(Math.abs(ours - theirs)).toBeLessThan(1e-12 * peak);

test('oneCycle equals torch.optim.lr_scheduler.OneCycleLR at every step', () => {
  const { oneCycle } = readTorchFixture<OneCycleFixture>('optimizer');
  expect(oneCycle.length).toBe(5);
  for (const { total, warmupFraction, peak, rates } of oneCycle) {
    const schedule = scheduleSchema.parse({ type: 'oneCycle', warmupFraction });
    for (const [step, rate] of rates.entries())
      close(learningRateAt(schedule, { learningRate: peak }, { ...start, step, totalSteps: total }), rate, peak);
  }
});

test('constant stays at the peak', () => {
  expect(learningRateAt(scheduleSchema.parse({ type: 'constant' }), { learningRate: 0.3 }, { ...start, step: 7 })).toBe(
    0.3,
  );
});

test('warmup rises by equal amounts to the peak, then falls with the inverse square root of the step', () => {
  const schedule = scheduleSchema.parse({ type: 'warmup', warmupFraction: 0.1 });
  const rates = Array.from({ length: 400 }, (_, step) =>
    learningRateAt(schedule, { learningRate: 0.02 }, { ...start, step, totalSteps: 400 }),
  );
  expect(warmupSteps(schedule, 400)).toBe(40);
  expect(Math.max(...rates)).toBe(rates[39]);
  expect(rates[39]).toBe(0.02);
  close(rates[0]!, 0.02 / 40, 0.02);
  close(rates[19]!, 0.01, 0.02);
  close(rates[159]!, 0.01, 0.02);
  close(rates[359]!, 0.02 / 3, 0.02);
  const none = scheduleSchema.parse({ type: 'warmup', warmupFraction: 0 });
  expect(learningRateAt(none, { learningRate: 0.02 }, start)).toBe(0.02);
});

test.each(restarts)('cosineWarmRestarts equals PyTorch for 200 epochs (T_0 $t0Epochs, T_mult $tMult)', (item) => {
  const { peak, stepsPerEpoch, perEpoch, perStep, ...keys } = item;
  expect([perEpoch.length, perStep.length]).toEqual([200, 200 * stepsPerEpoch]);
  const rates = (per: 'step' | 'epoch') => {
    const schedule = scheduleSchema.parse({ type: 'cosineWarmRestarts', per, ...keys });
    return perStep.map((_, index) => {
      const epoch = Math.floor(index / stepsPerEpoch);
      const epochShare = (index % stepsPerEpoch) / stepsPerEpoch;
      return learningRateAt(schedule, { learningRate: peak }, { ...start, step: index, epoch, epochShare });
    });
  };
  for (const [index, rate] of rates('step').entries()) close(rate, perStep[index]!, peak);
  for (const [index, rate] of rates('epoch').entries()) close(rate, perEpoch[Math.floor(index / stepsPerEpoch)]!, peak);
});

test.each(plateau)('plateau equals ReduceLROnPlateau for 200 epochs (factor $factor)', (item) => {
  const { peak, metrics, rates, ...keys } = item;
  const schedule = scheduleSchema.parse({ type: 'plateau', ...keys });
  let state: PlateauState = { best: null, badEpochs: 0, reductions: 0 };
  for (const [epoch, metric] of metrics.entries()) {
    close(learningRateAt(schedule, { learningRate: peak }, { ...start, ...state }), rates[epoch]!, peak);
    state = updatePlateau(schedule, { learningRate: peak }, state, metric);
  }
  expect(state.reductions).toBeGreaterThan(3);
});

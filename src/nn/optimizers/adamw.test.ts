import { expect, test } from 'vitest';
import { type FixtureTensor, largestDifference, readTorchFixture } from '../../../test/numeric/torchFixture.ts';
import { adamwUpdate, clipScale, createAdamwState } from './adamw.ts';

interface Fixture {
  initial: FixtureTensor;
  decayedCount: number;
  weightDecay: number;
  clipNorm: number;
  steps: { gradient: FixtureTensor; norm: number; learningRate: number; after: FixtureTensor }[];
}

test('AdamW with clipping follows PyTorch step by step', () => {
  const fixture = readTorchFixture<Fixture>('optimizer');
  const parameters = fixture.initial.data.slice();
  const total = parameters.length;
  const decayed = fixture.decayedCount;
  const initial = { fill: 0 };
  const layout = {
    entries: [
      { name: 'matrix', shape: [decayed, 1], offset: 0, size: decayed, weightDecay: true, initial },
      { name: 'bias', shape: [total - decayed], offset: decayed, size: total - decayed, weightDecay: false, initial },
    ],
  };
  const state = createAdamwState(total);
  for (const [index, step] of fixture.steps.entries()) {
    const norm = Math.hypot(...step.gradient.data);
    expect(Math.abs(norm - step.norm)).toBeLessThan(1e-5 * step.norm + 1e-12);
    adamwUpdate(layout, parameters, step.gradient.data, state, {
      learningRate: step.learningRate,
      weightDecay: fixture.weightDecay,
      update: index + 1,
      gradientScale: clipScale(norm, fixture.clipNorm),
    });
    // PyTorch rounds every intermediate to float32 (6e-8 relative), values are about 1.
    expect(largestDifference(parameters, step.after.data)).toBeLessThan(1e-6);
  }
});

test('without a clip norm the gradient is left alone', () => {
  expect(clipScale(1e9, null)).toBe(1);
  expect(clipScale(0.5, 1)).toBe(1);
  expect(clipScale(4, 1)).toBeCloseTo(0.25, 6);
});

import { expect, test } from 'vitest';
import { type FixtureTensor, largestDifference, readTorchFixture } from '../../../test/numeric/torchFixture.ts';
import { adamwUpdate, clipScale, createAdamwState } from './adamw.ts';
import { type AdamwMemory, createAdamwMemory } from './adamwMemory.ts';

interface Fixture {
  initial: FixtureTensor;
  decayedCount: number;
  weightDecay: number;
  clipNorm: number;
  steps: { gradient: FixtureTensor; norm: number; learningRate: number; after: FixtureTensor }[];
}

const fixture = readTorchFixture<Fixture>('optimizer');
const total = fixture.initial.data.length;
const initial = { fill: 0 };
const layout = {
  total,
  entries: [
    { name: 'matrix', shape: [9, 1], offset: 0, size: fixture.decayedCount, weightDecay: true, initial },
    {
      name: 'bias',
      shape: [total - fixture.decayedCount],
      offset: fixture.decayedCount,
      size: total - fixture.decayedCount,
      weightDecay: false,
      initial,
    },
  ],
};

function plainMemory(): AdamwMemory {
  const [parameters, gradient] = [new Float32Array(total), new Float32Array(total)];
  const state = createAdamwState(total);
  return {
    parameters,
    gradient,
    ...state,
    update: (options) => adamwUpdate(layout, parameters, gradient, state, options),
  };
}

test.each([
  ['plain', plainMemory],
  ['SIMD', () => createAdamwMemory(layout)],
] as const)('AdamW with clipping follows PyTorch step by step (%s)', (_, create) => {
  const memory = create();
  memory.parameters.set(fixture.initial.data);
  for (const [index, step] of fixture.steps.entries()) {
    memory.gradient.set(step.gradient.data);
    const norm = Math.hypot(...step.gradient.data);
    expect(Math.abs(norm - step.norm)).toBeLessThan(1e-5 * step.norm + 1e-12);
    memory.update({
      learningRate: step.learningRate,
      weightDecay: fixture.weightDecay,
      update: index + 1,
      gradientScale: clipScale(norm, fixture.clipNorm),
    });
    // PyTorch rounds every intermediate to float32 (6e-8 relative), values are about 1.
    expect(largestDifference(memory.parameters, step.after.data)).toBeLessThan(1e-6);
  }
});

test('without a clip norm the gradient is left alone', () => {
  expect(clipScale(1e9, null)).toBe(1);
  expect(clipScale(0.5, 1)).toBe(1);
  expect(clipScale(4, 1)).toBeCloseTo(0.25, 6);
});

import { expect, test } from 'vitest';
import { largestDifference, readTorchFixture } from '../../../test/numeric/torchFixture.ts';
import { createMovingAverage } from './movingAverage.ts';

interface Fixture {
  average: {
    decay: number;
    steps: { parameters: number[]; buffers: number[]; averageParameters: number[]; averageBuffers: number[] }[];
  }[];
}

test.each(readTorchFixture<Fixture>('optimisation').average)('equals AveragedModel (decay $decay)', (item) => {
  const average = createMovingAverage({ parameters: new Float32Array(8), buffers: new Float32Array(2) }, item.decay);
  expect(average.started).toBe(false);
  for (const { parameters, buffers, averageParameters, averageBuffers } of item.steps) {
    average.update({ parameters: Float32Array.from(parameters), buffers: Float32Array.from(buffers) });
    // float32 values around 1, rounded once per step.
    expect(largestDifference(average.vectors.parameters, averageParameters)).toBeLessThan(1e-6);
    expect(largestDifference(average.vectors.buffers, averageBuffers)).toBeLessThan(1e-6);
  }
});

test('goes on from what was copied, and anew from nothing', () => {
  const vectors = (value: number) => ({ parameters: Float32Array.of(value), buffers: Float32Array.of(-value) });
  const average = createMovingAverage(vectors(0), 0.5);
  average.update(vectors(1));
  average.update(vectors(2));
  const copy = average.copy();
  expect(copy).toEqual(vectors(1.5));
  average.update(vectors(3));
  expect(copy).toEqual(vectors(1.5));
  average.restore(copy);
  average.update(vectors(3));
  expect(average.copy()).toEqual(vectors(2.25));
  average.restore(undefined);
  expect(average.started).toBe(false);
  average.update(vectors(7));
  expect(average.copy()).toEqual(vectors(7));
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestPoint, nearestZeroCrossing } from './snap.ts';

describe('zero crossings', () => {
  it('of a sine lie at its half periods, whatever their place between samples', () => {
    const period = 37.3;
    const samples = Float32Array.from({ length: 600 }, (_, i) => Math.sin((2 * Math.PI * (i - 4.1)) / period));
    fc.assert(
      fc.property(fc.double({ min: 40, max: 560, noNaN: true }), (at) => {
        const half = period / 2;
        const expected = 4.1 + Math.round((at - 4.1) / half) * half;
        fc.pre(Math.abs(Math.abs(at - expected) - half / 2) > 0.01);
        // A straight line between samples misses a sine by less than its curvature: 37 samples per period.
        expect(Math.abs(nearestZeroCrossing(samples, at, 30)! - expected)).toBeLessThan(0.01);
      }),
    );
  });

  it('are found within reach only', () => {
    const samples = Float32Array.of(1, 1, 1, -1, -1, -1, -1, -1);
    expect(nearestZeroCrossing(samples, 6, 2)).toBeUndefined();
    expect(nearestZeroCrossing(samples, 6, 4)).toBe(2.5);
    expect(nearestZeroCrossing(Float32Array.of(0.25, -0.75), 0, 1)).toBe(0.25);
  });

  it('are samples of zero, too', () => {
    expect(nearestZeroCrossing(Float32Array.of(1, 0, 1, 1), 2, 3)).toBe(1);
    expect(nearestZeroCrossing(new Float32Array(50), 20.4, 5)).toBe(20);
    expect(nearestZeroCrossing(new Float32Array(0), 0, 5)).toBeUndefined();
  });
});

describe('points', () => {
  it('are taken by distance, within reach', () => {
    expect(nearestPoint([1, 2, 5], 2.2, 0.5)).toBe(2);
    expect(nearestPoint([1, 2, 5], 3.5, 0.5)).toBeUndefined();
  });
});

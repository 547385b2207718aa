import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { cutAtPauses } from './segments.ts';

const rate = 1000;

describe('cutAtPauses', () => {
  it('leaves short audio whole', () => {
    expect(cutAtPauses(new Float32Array(5000), rate, 5)).toEqual([{ start: 0, end: 5000 }]);
    expect(cutAtPauses(new Float32Array(0), rate, 5)).toEqual([{ start: 0, end: 0 }]);
  });

  it('cuts in the pause and nowhere else', () => {
    const random = createRandom('speech');
    const samples = Float32Array.from({ length: 20_000 }, () => random.normal());
    for (const pause of [4000, 8200, 12_500, 16_000]) samples.fill(0, pause, pause + 300);
    const segments = cutAtPauses(samples, rate, 5);
    expect(segments[0]!.start).toBe(0);
    expect(segments.at(-1)!.end).toBe(20_000);
    for (let i = 1; i < segments.length; i++) {
      expect(segments[i]!.start).toBe(segments[i - 1]!.end);
      expect(samples[segments[i]!.start]).toBe(0);
    }
  });

  it('keeps pieces within the limit when there is no pause', () => {
    const segments = cutAtPauses(new Float32Array(33_333).fill(0.5), rate, 5);
    expect(segments.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(33_333);
    for (const { start, end } of segments) expect(end - start).toBeLessThanOrEqual(5000);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPlayTimeline } from './playTimeline.ts';

describe('the timeline of played pieces', () => {
  it('never lets sound and picture drift, however the pieces arrive', () => {
    const pieces = fc.array(
      fc.record({ count: fc.integer({ min: 100, max: 70_000 }), lateSec: fc.double({ min: 0, max: 9, noNaN: true }) }),
      { minLength: 1, maxLength: 15 },
    );
    fc.assert(
      fc.property(pieces, fc.constantFrom(8000, 16_000, 44_100), (arrivals, rateHz) => {
        const timeline = createPlayTimeline(rateHz);
        let [clockSec, sample, lastEndSec] = [5, 1000, 0];
        for (const { count, lateSec } of arrivals) {
          clockSec += lateSec;
          const atSec = timeline.append({ startSample: sample, sampleCount: count, playedSamples: count }, clockSec);
          expect(atSec).toBeGreaterThanOrEqual(lastEndSec);
          // The middle of this piece is heard exactly half its length after it begins.
          expect(timeline.sampleAt(atSec + count / 2 / rateHz)).toBeCloseTo(sample + count / 2, 3);
          expect(timeline.sampleAt(timeline.endSec + 1)).toBe(sample + count);
          lastEndSec = timeline.endSec;
          sample += count;
        }
      }),
    );
  });

  it('joins pieces without a gap when they come in time', () => {
    const timeline = createPlayTimeline(16_000);
    const piece = (startSample: number, sampleCount: number) => ({
      startSample,
      sampleCount,
      playedSamples: sampleCount,
    });
    const first = timeline.append(piece(0, 4000), 1);
    expect(timeline.append(piece(4000, 32_000), 1.1)).toBe(first + 0.25);
    expect(timeline.sampleAt(first + 0.25 + 1)).toBeCloseTo(20_000, 6);
    expect(timeline.sampleAt(0)).toBe(0);
  });
});

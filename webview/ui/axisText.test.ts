import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalsFor, formatBytes, formatDuration, formatHz, formatTime, timeTicks } from './axisText.ts';

describe('time ticks', () => {
  it('are round, inside, far enough apart and never missing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 90_000, noNaN: true }),
        fc.double({ min: 0.01, max: 90_000, noNaN: true }),
        fc.integer({ min: 300, max: 4000 }),
        (startSec, spanSec, widthPx) => {
          const { major, minor, stepSec } = timeTicks(startSec, startSec + spanSec, widthPx);
          if (stepSec < 43_200) expect((stepSec / spanSec) * widthPx).toBeGreaterThanOrEqual(80 - 1e-6);
          for (const sec of [...major, ...minor]) {
            // A tick a billionth of a step outside is drawn at the edge; twice that leaves room for rounding.
            expect(sec).toBeGreaterThanOrEqual(startSec - 2e-9 * stepSec - 1e-9);
            expect(sec).toBeLessThanOrEqual(startSec + spanSec + 2e-9 * stepSec + 1e-9);
          }
          expect(major.length + minor.length).toBeGreaterThan(0);
          const labels = major.map((sec) => formatTime(sec, decimalsFor(stepSec)));
          expect(new Set(labels).size).toBe(labels.length);
        },
      ),
    );
  });

  it('fall on the expected places', () => {
    const ticks = timeTicks(0.95, 2.02, 1000);
    expect(ticks.stepSec).toBe(0.1);
    expect(ticks.major.map((sec) => formatTime(sec, 1))).toEqual([
      '0:01.0',
      '0:01.1',
      '0:01.2',
      '0:01.3',
      '0:01.4',
      '0:01.5',
      '0:01.6',
      '0:01.7',
      '0:01.8',
      '0:01.9',
      '0:02.0',
    ]);
    expect(ticks.minor.length).toBe(43);
  });
});

describe('axis text', () => {
  it('says times, frequencies and sizes', () => {
    expect(formatTime(0)).toBe('0:00.000');
    expect(formatTime(59.9996)).toBe('1:00.000');
    expect(formatTime(3661.5, 1)).toBe('1:01:01.5');
    expect(formatTime(-0.25, 2)).toBe('−0:00.25');
    expect(formatTime(-1e-9)).toBe('0:00.000');
    expect(formatDuration(0.0432)).toBe('43.2 ms');
    expect(formatDuration(3.2)).toBe('3.200 s');
    expect(formatDuration(3600)).toBe('1:00:00');
    expect(formatHz(440.4)).toBe('440 Hz');
    expect(formatHz(1234)).toBe('1.23 kHz');
    expect(formatBytes(115_200_044)).toBe('115 MB');
    expect(formatBytes(999)).toBe('999 B');
  });
});

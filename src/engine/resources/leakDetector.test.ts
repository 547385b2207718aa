import { describe, expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import type { MemoryCategory } from '../../shared/run/events.ts';
import { createLeakDetector, explainLeak, type Leak } from './leakDetector.ts';

const MiB = 2 ** 20;
const stepsPerSample = 10;

/** What the detector says of a series: megabytes by sample, for one category; the shapes seen by sample. */
function found(
  category: MemoryCategory,
  count: number,
  megabytes: (sample: number) => number,
  shapes: (sample: number) => number = () => 20,
): Leak[] {
  const detector = createLeakDetector();
  return Array.from({ length: count }, (_, i) =>
    detector.add({ step: i * stepsPerSample, shapes: shapes(i), bytes: { [category]: megabytes(i) * MiB } }),
  ).filter((leak) => leak !== undefined);
}

const noise = (name: string) => {
  const random = createRandom('leak', name);
  return () => random.normal();
};
const hour = 720;

describe('a leak', () => {
  it('of native memory is found with its category, steps and rate', () => {
    const jitter = noise('native');
    const leaks = found('graphNative', 200, (i) => 600 + i + 3 * jitter());
    expect(leaks).toHaveLength(1);
    const { category, firstStep, lastStep, bytesPerStep } = leaks[0]!;
    expect({ category, firstStep }).toEqual({ category: 'graphNative', firstStep: 0 });
    expect(lastStep).toBeLessThan(1000);
    expect(bytesPerStep / MiB).toBeGreaterThan(0.8 / stepsPerSample);
    expect(bytesPerStep / MiB).toBeLessThan(1.2 / stepsPerSample);
    expect(explainLeak(leaks[0]!).message).toMatch(
      /^the native memory \(ONNX Runtime\) of the process that runs the graph grew by \d\d MiB over steps 0 to \d+ while no new batch shape came, [\d.]+ KiB per step$/,
    );
  });

  it('under the sawtooth of a garbage collector is found', () => {
    expect(found('engineHeap', 300, (i) => 50 + i + ((7 * i) % 40))).toHaveLength(1);
  });

  it('that is slow is found within hours', () => {
    const jitter = noise('slow');
    // 60 MiB an hour.
    expect(found('graphNative', 2 * hour, (i) => 600 + i / 12 + 2 * jitter())).toHaveLength(1);
  });

  it('is found after the shapes have settled, and counted from there', () => {
    const [leak] = found(
      'graphNative',
      300,
      (i) => 300 + 2 * i,
      (i) => Math.min(i, 100),
    );
    expect(leak!.firstStep).toBe(100 * stepsPerSample);
  });

  it('is told once, and again when it comes back', () => {
    const leaking = (i: number) => 600 + (i < 200 ? i : i < 900 ? 200 : i - 700);
    expect(found('graphExternal', 1500, leaking)).toHaveLength(2);
  });
});

describe('a healthy run', () => {
  const healthy: [string, MemoryCategory, (i: number) => number, ((i: number) => number)?][] = [
    ['that stays as it is', 'graphNative', () => 600],
    ['with noise', 'graphNative', (i) => 600 + 20 * Math.sin(i * i)],
    ['that grows with new shapes', 'graphNative', (i) => 300 + 2 * i, (i) => i],
    [
      'whose shapes come ever more seldom',
      'graphNative',
      (i) => 300 + 60 * Math.floor(Math.log2(1 + i)),
      (i) => Math.floor(Math.log2(1 + i)),
    ],
    ['with one jump, as at the first checkpoint', 'graphNative', (i) => (i < 100 ? 300 : 700)],
    ['with two jumps', 'graphNative', (i) => (i < 60 ? 300 : i < 300 ? 500 : 700)],
    ['that fills a cache', 'engineNative', (i) => 300 + 200 * (1 - Math.exp(-i / 30))],
    ['with a large sawtooth', 'engineHeap', (i) => 50 + ((3 * i) % 90)],
    ['with a slow sawtooth', 'engineHeap', (i) => 50 + ((i / 4) % 60)],
    ['that shrinks', 'graphHeap', (i) => 900 - i / 2],
    ['with a trend of a few megabytes', 'graphNative', (i) => 600 + i / 40],
  ];
  it.each(healthy)('%s raises nothing', (_, category, megabytes, shapes) => {
    expect(found(category, 2 * hour, megabytes, shapes)).toEqual([]);
  });

  it('that wanders at random raises nothing', () => {
    for (let seed = 0; seed < 10; seed++) {
      const jitter = noise(`walk ${seed}`);
      let level = 600;
      const walk = () => {
        level = 600 + 0.98 * (level - 600) + jitter();
        return level;
      };
      expect(found('graphNative', hour, walk)).toEqual([]);
    }
  });
});

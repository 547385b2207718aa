import { describe, expect, it } from 'vitest';
import { mergeWaveforms } from './mergeWaveforms.ts';

const store = (...values: number[]) => ({
  version: 2,
  get: () => (values.length ? Float32Array.from(values) : undefined),
});

describe('waveforms of several channels', () => {
  it('are one that reaches as far as any', () => {
    const merged = mergeWaveforms([store(-0.5, 0.25, 0.3), store(-0.25, 0.5, 0.4)]);
    expect([...merged.get(0, 0)!].map((value) => +value.toFixed(4))).toEqual([-0.5, 0.5, 0.3536]);
    expect(merged.version).toBe(4);
  });

  it('wait for each other', () => {
    expect(mergeWaveforms([store(0, 0, 0), store()]).get(0, 0)).toBeUndefined();
  });
});

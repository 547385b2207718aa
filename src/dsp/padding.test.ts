import { describe, expect, test } from 'vitest';
import { fillPadded, type PadMode } from './padding.ts';

function padded(values: number[], position: number, count: number, padMode: PadMode): number[] {
  const target = new Float32Array(count).fill(99);
  const part = { samples: Float32Array.from(values), firstSample: 0, totalSamples: values.length };
  fillPadded(target, part, position, count, padMode);
  return [...target];
}

describe('fillPadded', () => {
  test('continues a clip with zeros', () => {
    expect(padded([1, 2, 3], -2, 7, 'constant')).toEqual([0, 0, 1, 2, 3, 0, 0]);
    expect(padded([1, 2, 3], 5, 2, 'constant')).toEqual([0, 0]);
    expect(padded([1, 2, 3], -5, 3, 'constant')).toEqual([0, 0, 0]);
  });

  test('mirrors without repeating the edge, and again where the clip is short, as numpy.pad', () => {
    expect(padded([1, 2, 3, 4], -2, 8, 'reflect')).toEqual([3, 2, 1, 2, 3, 4, 3, 2]);
    expect(padded([1, 2, 3], -5, 13, 'reflect')).toEqual([2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2]);
    expect(padded([7], -2, 5, 'reflect')).toEqual([7, 7, 7, 7, 7]);
    expect(padded([], -2, 4, 'reflect')).toEqual([0, 0, 0, 0]);
  });

  test('reads from a part of a clip and says what the part lacks', () => {
    const part = { samples: Float32Array.of(5, 6, 7), firstSample: 5, totalSamples: 8 };
    const target = new Float32Array(4);
    fillPadded(target, part, 6, 4, 'reflect');
    expect([...target]).toEqual([6, 7, 6, 5]);
    expect(() => fillPadded(target, part, 4, 4, 'constant')).toThrow('Samples 4 to 8 are needed, 5 to 8 are here.');
  });
});

import { describe, expect, it } from 'vitest';
import {
  addDims,
  broadcastShapes,
  divideProducts,
  normalizeAxes,
  normalizeAxis,
  productOf,
  windowCount,
} from './dims.ts';

describe('broadcastShapes', () => {
  it('aligns at the end and stretches ones', () => {
    expect(broadcastShapes([2, 1, 3], [4, 1])).toEqual([2, 4, 3]);
    expect(broadcastShapes([], [2])).toEqual([2]);
    expect(broadcastShapes([1], [0])).toEqual([0]);
  });

  it('keeps names and prefers numbers to them', () => {
    expect(broadcastShapes(['batch', 1], [1, 'time'])).toEqual(['batch', 'time']);
    expect(broadcastShapes(['n'], [4])).toEqual([4]);
  });

  it('refuses different sizes and different names', () => {
    expect(() => broadcastShapes([2], [3])).toThrow('do not broadcast (axis 0)');
    expect(() => broadcastShapes(['a'], ['b'])).toThrow('do not broadcast');
  });
});

describe('expressions of named dims', () => {
  it('multiply and cancel', () => {
    expect(productOf(['time', 3, 'batch', 2])).toBe('batch*time*6');
    expect(productOf([2, 3])).toBe(6);
    expect(divideProducts(['batch*time*6', 2], ['time', 4])).toBe('batch*3');
    expect(divideProducts(['time', 3], [2])).toBeUndefined();
    expect(divideProducts(['time'], ['batch'])).toBeUndefined();
    expect(productOf(['a+1', 2])).toBe('(a+1)*2');
  });

  it('add', () => {
    expect(addDims(['time', 2, -3])).toBe('time-1');
    expect(addDims(['a', 'b', 1])).toBe('a+b+1');
    expect(addDims(['time', 1, -1])).toBe('time');
  });
});

describe('windowCount', () => {
  it('follows the floor rule', () => {
    expect(windowCount(7, 2, 2, 0)).toBe(3);
    expect(windowCount(5, 3, 2, 2)).toBe(3);
    expect(windowCount('time', 3, 1, 2)).toBe('time');
    expect(windowCount('time', 2, 2, 0)).toBe('floor(time/2)');
    expect(windowCount('time', 3, 2, 2)).toBe('floor((time+1)/2)');
    expect(windowCount('time', 3, 1, 0)).toBe('time-2');
  });

  it('refuses a window that does not fit', () => {
    expect(() => windowCount(2, 3, 1, 0)).toThrow('does not fit');
  });
});

describe('normalizeAxis', () => {
  it('counts negative axes from the end and refuses others', () => {
    expect(normalizeAxis(-1, 3)).toBe(2);
    expect(() => normalizeAxis(3, 3)).toThrow('outside rank 3');
    expect(() => normalizeAxis(0.5, 3)).toThrow('outside');
    expect(() => normalizeAxes([0, -2], 2)).toThrow('twice');
  });
});

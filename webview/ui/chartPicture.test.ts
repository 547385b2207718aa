import { describe, expect, it } from 'vitest';
import { alignLines, type ChartLine, nearestIndex, tableOf, valueAt } from './chartPicture.ts';

const line = (x: number[], y: (number | null)[], more: Partial<ChartLine> = {}): ChartLine => ({
  label: 'loss',
  color: 'red',
  x,
  y,
  ...more,
});
const y = { format: String };

describe('the picture of a chart', () => {
  it('gives lines of one x as they are', () => {
    const x = [1, 2, 3];
    expect(alignLines({ lines: [line(x, [4, null, 6]), line(x, [1, 2, 3])], y })).toEqual([
      [1, 2, 3],
      [4, null, 6],
      [1, 2, 3],
    ]);
  });

  it('joins lines of different x: a gap is null, a place of another line undefined', () => {
    expect(alignLines({ lines: [line([1, 3], [4, 6]), line([2, 3], [null, 9])], y })).toEqual([
      [1, 2, 3],
      [4, undefined, 6],
      [undefined, null, 9],
    ]);
  });

  it('has no place for zero on a logarithmic axis', () => {
    expect(alignLines({ lines: [line([1, 2], [0, 5])], y: { ...y, log: true } })[1]).toEqual([null, 5]);
  });

  it('finds the nearest point', () => {
    expect([-5, 1.4, 1.6, 2, 99].map((wanted) => nearestIndex([1, 2, 3], wanted))).toEqual([0, 0, 1, 1, 2]);
    expect(nearestIndex([], 1)).toBe(-1);
  });

  it('reads a line inside its stretch only, and the value of a stacked one', () => {
    const stacked = line([1, 2], [10, 20], { values: [1, 2] });
    expect(valueAt(stacked, 1.9)).toBe(2);
    expect(valueAt(stacked, 3)).toBeUndefined();
  });

  it('tells the numbers, the latest of a long one', () => {
    const picture = { x: { label: 'step', format: String }, y, lines: [line([1, 2, 3], [4, null, 6])] };
    expect(tableOf(picture, 2)).toEqual({
      head: ['step', 'loss'],
      rows: [
        ['2', ''],
        ['3', '6'],
      ],
      omitted: 1,
    });
  });
});

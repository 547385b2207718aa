import { expect, test } from 'vitest';
import { rangeFigure } from './rangeFigure.ts';

const points = [1e-4, 1e-3, 1e-2, 1e-1].map((learningRate, i) => ({
  learningRate,
  loss: i === 3 ? null : 4 - i,
  smoothed: i === 3 ? null : 4 - i,
}));
const text = JSON.stringify({ points, suggested: 1.1e-3, steepest: 3e-3, lowest: 1e-2, diverges: 1e-1 });

test('a range test is drawn over the logarithm of the rate, and its suggestion stands in the table', () => {
  const { plot, table, title, summary } = rangeFigure(text)!;
  expect(plot!.xScale).toBe('log');
  expect(plot!.lines[0]).toEqual([
    [1e-4, 4],
    [1e-3, 3],
    [1e-2, 2],
  ]);
  expect(title).toContain('1.1e-3');
  expect(summary).toContain('diverges at 1.0e-1');
  expect(table.rows.map(([cell]) => [cell!.current, cell!.bad])).toEqual([
    [false, false],
    [true, false],
    [false, false],
    [false, true],
  ]);
  expect(table.rows[3]![1]!.text).toBe('not finite');
});

test.each(['', '{}', '{"points":[]}', '{"points":[{"learningRate":0,"loss":1,"smoothed":1}]}', '[1]', 'null'])(
  'what is no range test has no figure: %s',
  (other) => expect(rangeFigure(other)).toBeUndefined(),
);

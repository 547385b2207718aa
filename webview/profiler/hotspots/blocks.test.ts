import { describe, expect, it } from 'vitest';
import { type Block, type BlockChart, blockAt, blocksWithin, matches, neighbour, rangeAround } from './blocks.ts';
import { clampRange, panRange, zoomRange } from './range.ts';

const block = (row: number, start: number, end: number, name: string): Block => ({
  row,
  start,
  end,
  name,
  phase: 'forward',
});
const chart: BlockChart = {
  spanMs: 10,
  rows: [
    [block(0, 0, 6, 'forward'), block(0, 6, 10, 'backward')],
    [block(1, 0, 2, 'a'), block(1, 3, 6, 'b'), block(1, 6, 10, 'c')],
    [],
    [block(3, 3, 4, 'd'), block(3, 4, 6, 'e')],
  ],
  rowNames: [],
};
const named = (name: string) => chart.rows.flat().find((one) => one.name === name)!;

describe('blocks', () => {
  it('are found under a place, and not in gaps', () => {
    expect(blockAt(chart, 1, 1)?.name).toBe('a');
    expect(blockAt(chart, 1, 2.5)).toBeUndefined();
    expect(blockAt(chart, 1, 6)?.name).toBe('c');
    expect(blockAt(chart, 7, 1)).toBeUndefined();
    expect(blocksWithin(chart.rows[1]!, { start: 1, end: 3.5 }).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(blocksWithin(chart.rows[1]!, { start: 2.2, end: 2.8 })).toEqual([]);
  });

  it('lead to the one most below or above, across empty rows', () => {
    expect(neighbour(chart, named('a'), 'right')?.name).toBe('b');
    expect(neighbour(chart, named('a'), 'left')).toBeUndefined();
    expect(neighbour(chart, named('b'), 'down')?.name).toBe('e');
    expect(neighbour(chart, named('d'), 'up')?.name).toBe('b');
    expect(neighbour(chart, named('a'), 'down')).toBeUndefined();
    expect(neighbour(chart, named('forward'), 'up')).toBeUndefined();
  });

  it('zoom out to the next wider block, then to all', () => {
    expect(rangeAround(chart, named('d'))).toEqual({ start: 3, end: 6 });
    expect(rangeAround(chart, named('b'))).toEqual({ start: 0, end: 6 });
    expect(rangeAround(chart, named('forward'))).toEqual({ start: 0, end: 10 });
    expect(rangeAround(chart, { start: 0, end: 10 })).toEqual({ start: 0, end: 10 });
  });

  it('are searched by name, and nodes by all that they are', () => {
    expect(matches(named('backward'), ' BACK ')).toBe(true);
    expect(matches(named('a'), 'back')).toBe(false);
    expect(matches(named('a'), '')).toBe(true);
    const node = {
      ...{ name: 'rnn.0/Scan', operator: 'Scan', layer: 'rnn.0', phase: 'forward', provider: 'CPUExecutionProvider' },
      ...{ totalMs: 1, calls: 1, output: '', outputBytes: 0 },
    } as const;
    expect(matches({ ...named('a'), node }, 'rnn.0')).toBe(true);
    expect(matches({ ...named('a'), node }, 'cpu')).toBe(true);
    expect(matches({ ...named('a'), node }, 'gemm')).toBe(false);
  });
});

describe('ranges', () => {
  it('stay within the whole', () => {
    expect(clampRange({ start: -2, end: 3 }, 10)).toEqual({ start: 0, end: 5 });
    expect(clampRange({ start: 8, end: 12 }, 10)).toEqual({ start: 6, end: 10 });
    expect(clampRange({ start: -5, end: 20 }, 10)).toEqual({ start: 0, end: 10 });
    expect(panRange({ start: 2, end: 4 }, 0.5, 10)).toEqual({ start: 3, end: 5 });
    expect(panRange({ start: 2, end: 4 }, -9, 10)).toEqual({ start: 0, end: 2 });
  });

  it('keep the place that they are zoomed at', () => {
    const zoomed = zoomRange({ start: 0, end: 10 }, 2, 4, 10);
    expect(zoomed).toEqual({ start: 2, end: 7 });
    expect((4 - zoomed.start) / (zoomed.end - zoomed.start)).toBeCloseTo(0.4);
    expect(zoomRange(zoomed, 1 / 100, 4, 10)).toEqual({ start: 0, end: 10 });
  });
});

import { describe, expect, test } from 'vitest';
import { arrangeItems } from './arrangeItems.ts';
import { indexItems } from './itemIndex.ts';

const viewport = { startSec: 0, endSec: 10 };
const sight = { viewport, widthPx: 1000, kind: 'interval' as const, keep: undefined };
const even = (count: number, lengthSec: number) =>
  Array.from({ length: count }, (_, id) => ({ id, startSec: id * lengthSec, endSec: (id + 1) * lengthSec, text: '' }));

describe('items in sight', () => {
  test('stand at their times, and reach out of sight only a little', () => {
    const index = indexItems([
      { id: 1, startSec: -500, endSec: 1, text: '' },
      { id: 2, startSec: 2, endSec: 3, text: '' },
      { id: 3, startSec: 12, endSec: 13, text: '' },
    ]);
    expect(arrangeItems(index, sight).items).toEqual([
      { position: 0, row: 0, fromPx: -10, toPx: 100 },
      { position: 1, row: 0, fromPx: 200, toPx: 300 },
    ]);
  });

  test('merge into bars where they are narrow, all but the one that is kept', () => {
    const index = indexItems(even(20_000, 0.0005));
    const { items, bars } = arrangeItems(index, { ...sight, keep: 10_000 });
    expect(items.map(({ position }) => position)).toEqual([10_000]);
    expect(bars.map(({ count }) => count)).toEqual([10_000, 9_999]);
    expect(bars[0]).toMatchObject({ fromPx: 0, row: 0 });
    expect(bars[1]!.toPx).toBeCloseTo(1000);
  });

  test('are never more than the width has room for', () => {
    for (let count = 10; count < 20_000; count *= 1.7) {
      const { items, bars } = arrangeItems(indexItems(even(Math.floor(count), 10 / Math.floor(count))), sight);
      expect(items.length + bars.length).toBeLessThanOrEqual(400);
      expect(items.length + bars.length).toBeGreaterThan(0);
    }
  });

  test('one narrow item alone is a box that can be hit', () => {
    const { items, bars } = arrangeItems(indexItems([{ id: 1, startSec: 5, endSec: 5.001, text: '' }]), sight);
    expect(items).toEqual([{ position: 0, row: 0, fromPx: 500, toPx: 503 }]);
    expect(bars).toEqual([]);
  });

  test('a kept item out of sight has its box beside what is seen', () => {
    const index = indexItems(even(100, 1));
    const kept = arrangeItems(index, { ...sight, keep: 50 }).items;
    expect(kept.at(-1)).toMatchObject({ position: 50, fromPx: 1010 });
    expect(kept.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 50]);
  });

  test('a point has the room up to the next', () => {
    const points = [1, 4].map((startSec, id) => ({ id, startSec, endSec: startSec, text: '' }));
    expect(arrangeItems(indexItems(points), { ...sight, kind: 'point' }).items).toEqual([
      { position: 0, row: 0, fromPx: 100, toPx: 400 },
      { position: 1, row: 0, fromPx: 400, toPx: 1010 },
    ]);
  });
});

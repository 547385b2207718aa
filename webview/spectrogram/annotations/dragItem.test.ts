import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dragItem, hitTest, roundForZoom } from './dragItem.ts';

const item = (id: number, startSec: number, endSec: number) => ({ id, startSec, endSec, text: '' });
const items = [item(1, 1, 2), item(2, 2, 3), item(3, 5, 6)];
const rules = { kind: 'interval' as const, durationSec: 10, alone: false };

describe('what a pointer holds', () => {
  const placed = [
    { position: 0, row: 0, fromPx: 100, toPx: 200 },
    { position: 1, row: 0, fromPx: 200, toPx: 300 },
    { position: 2, row: 0, fromPx: 400, toPx: 406 },
    { position: 3, row: 1, fromPx: 100, toPx: 600 },
  ];
  test.each([
    [96, 0, 'start'],
    [103, 0, 'start'],
    [150, 0, 'body'],
    [197, 0, 'end'],
    [203, 1, 'start'],
    [304, 1, 'end'],
    [403, 2, 'body'],
    [405.5, 2, 'end'],
  ])('%d px: item %d, its %s', (px, position, grip) => {
    expect(hitTest(placed, px, 0, 'interval')).toEqual({ position, grip });
  });
  test('nothing between items, and only of its own row', () => {
    expect(hitTest(placed, 350, 0, 'interval')).toBeUndefined();
    expect(hitTest(placed, 350, 1, 'interval')).toEqual({ position: 3, grip: 'body' });
  });
  test('a point is held by its line', () => {
    expect(hitTest(placed, 202, 0, 'point')).toEqual({ position: 1, grip: 'start' });
    expect(hitTest(placed, 250, 0, 'point')).toEqual({ position: 1, grip: 'body' });
  });
});

describe('dragging', () => {
  test('an edge stops at its own item, its neighbour and the end of the recording', () => {
    const end = (toSec: number) => dragItem(items, { position: 1, grip: 'end' }, toSec, rules);
    expect(end(4)).toEqual([{ position: 1, startSec: 2, endSec: 4 }]);
    expect(end(9)).toEqual([{ position: 1, startSec: 2, endSec: 5 }]);
    expect(end(0)).toEqual([{ position: 1, startSec: 2, endSec: 2.001 }]);
    expect(dragItem(items, { position: 2, grip: 'end' }, 99, rules)).toEqual([
      { position: 2, startSec: 5, endSec: 10 },
    ]);
  });

  test('an edge that two share moves both, from either side; alone it lets go', () => {
    const both = [
      { position: 0, startSec: 1, endSec: 2.5 },
      { position: 1, startSec: 2.5, endSec: 3 },
    ];
    expect(dragItem(items, { position: 0, grip: 'end' }, 2.5, rules)).toEqual(both);
    expect(dragItem(items, { position: 1, grip: 'start' }, 2.5, rules)).toEqual(both);
    const alone = { ...rules, alone: true };
    expect(dragItem(items, { position: 1, grip: 'start' }, 2.5, alone)).toEqual([both[1]]);
    expect(dragItem(items, { position: 0, grip: 'end' }, 2.5, alone)).toEqual([
      { position: 0, startSec: 1, endSec: 2 },
    ]);
  });

  test('a whole item keeps its length', () => {
    const to = (sec: number) => dragItem(items, { position: 2, grip: 'body' }, sec, rules)[0];
    expect(to(7)).toEqual({ position: 2, startSec: 7, endSec: 8 });
    expect(to(1)).toEqual({ position: 2, startSec: 3, endSec: 4 });
    expect(to(42)).toEqual({ position: 2, startSec: 9, endSec: 10 });
  });

  test('whatever is dragged where, items stay in order and apart', () => {
    const grip = fc.constantFrom('start' as const, 'end' as const, 'body' as const);
    const toSec = fc.double({ min: -5, max: 15, noNaN: true });
    fc.assert(
      fc.property(fc.nat(2), grip, toSec, fc.boolean(), (position, held, to, alone) => {
        const now = items.map((one) => ({ ...one }));
        for (const { position: at, ...times } of dragItem(items, { position, grip: held }, to, { ...rules, alone }))
          Object.assign(now[at]!, times);
        let reachedSec = 0;
        for (const { startSec, endSec } of now) {
          expect(startSec).toBeGreaterThanOrEqual(reachedSec - 1e-9);
          expect(endSec - startSec).toBeGreaterThan(0.0009);
          expect(endSec).toBeLessThanOrEqual(10);
          reachedSec = endSec;
        }
      }),
    );
  });

  test('times have the digits that a pixel can mean', () => {
    expect(roundForZoom(1.23456789, 0.01)).toBe(1.235);
    expect(roundForZoom(1.23456789, 0.00002)).toBe(1.23457);
    expect(roundForZoom(1.23456789, 1e-9)).toBe(1.234568);
  });
});

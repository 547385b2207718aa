import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexItems, itemsNear, positionAt, positionNearest } from './itemIndex.ts';

const item = (id: number, startSec: number, endSec: number) => ({ id, startSec, endSec, text: `t${id}` });

describe('items by time', () => {
  test('those that touch a stretch are found however they overlap', () => {
    const spans = fc.array(fc.tuple(fc.nat(1000), fc.nat(200)), { maxLength: 60 });
    fc.assert(
      fc.property(spans, fc.nat(1000), fc.nat(300), (made, start, length) => {
        const items = made
          .map(([from, span], id) => item(id, from, from + span))
          .sort((a, b) => a.startSec - b.startSec);
        const index = indexItems(items);
        const { first, end } = itemsNear(index, start, start + length);
        for (const [i, { startSec, endSec }] of items.entries())
          if (endSec >= start && startSec <= start + length) expect(i >= first && i < end).toBe(true);
        const at = positionAt(index, start);
        const wanted = items.findLastIndex(
          ({ startSec, endSec }) => startSec <= start && (start < endSec || startSec === start),
        );
        // Several may begin at once.
        if (wanted < 0) expect(at).toBeUndefined();
        else expect(items[at!]!.startSec).toBe(items[wanted]!.startSec);
      }),
    );
  });

  test('the nearest is the one inside, else the one whose edge is nearer', () => {
    const index = indexItems([item(1, 1, 2), item(2, 4, 5)]);
    expect([0, 1.5, 2.9, 3.1, 9].map((sec) => positionNearest(index, sec))).toEqual([0, 0, 0, 1, 1]);
    expect(positionNearest(indexItems([]), 1)).toBeUndefined();
  });

  test('items that overlap stand in rows', () => {
    const { rows, rowCount } = indexItems([
      item(1, 0, 5),
      item(2, 1, 2),
      item(3, 2, 3),
      item(4, 2.5, 6),
      item(5, 6, 7),
    ]);
    expect([...rows]).toEqual([0, 1, 1, 2, 0]);
    expect(rowCount).toBe(3);
    expect(indexItems([item(1, 0, 1.0000001), item(2, 1, 2)]).rowCount).toBe(1);
  });
});

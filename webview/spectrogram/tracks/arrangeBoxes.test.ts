import { expect, it } from 'vitest';
import { arrangeBoxes } from './arrangeBoxes.ts';

const seconds = Array.from({ length: 1000 }, (_, i) => ({ startSec: i, endSec: i + 0.9 }));

it('places those in sight, cut near its edges', () => {
  const { boxes, merged } = arrangeBoxes(seconds, { startSec: 100.5, endSec: 103.5 }, 300);
  expect(merged).toEqual([]);
  expect(boxes.map(({ index }) => index)).toEqual([100, 101, 102, 103]);
  expect(boxes[0]).toMatchObject({ fromPx: -10, toPx: expect.closeTo(40) });
  expect(boxes[1]).toMatchObject({ fromPx: expect.closeTo(50), toPx: expect.closeTo(140) });
});

it('merges what is too narrow, so that a wide view has few elements', () => {
  const { boxes, merged } = arrangeBoxes(seconds, { startSec: 0, endSec: 1000 }, 500);
  expect(boxes.length + merged.length).toBeLessThan(170);
  expect(merged.reduce((sum, { first, last }) => sum + last - first + 1, boxes.length)).toBe(1000);
});

it('keeps one of its own, in sight or not', () => {
  const wide = arrangeBoxes(seconds, { startSec: 0, endSec: 1000 }, 500, 400);
  expect(wide.boxes.some(({ index }) => index === 400)).toBe(true);
  for (const keep of [5, 999]) {
    const near = arrangeBoxes(seconds, { startSec: 100, endSec: 103 }, 300, keep).boxes;
    expect(near.map(({ index }) => index)).toContain(keep);
    expect(near).toHaveLength(new Set(near.map(({ index }) => index)).size);
  }
  expect(arrangeBoxes([], { startSec: 0, endSec: 1 }, 300, 3).boxes).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { assemble } from './assemble.ts';

const grid = { units: 30, tileColumns: 4 };
/** Level k holds the values unit / 2^k, one value per column. */
const tileAt = (level: number, index: number) =>
  Uint8Array.from({ length: 4 }, (_, column) => (index * 4 + column) * 2 ** level).filter(
    (_, column) => index * 4 + column < Math.ceil(30 / 2 ** level),
  );

function assembled(present: [number, number][], level: number, first: number, end: number): number[] {
  const target = new Uint8Array((end - first) * 4);
  const has = new Set(present.map(String));
  assemble(grid, level, { first, end }, 1, (l, i) => (has.has(`${l},${i}`) ? tileAt(l, i) : undefined), target);
  return [...target];
}

describe('picture', () => {
  it('puts tiles side by side', () => {
    expect(
      assembled(
        [
          [0, 1],
          [0, 2],
        ],
        0,
        1,
        3,
      ),
    ).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('fills what is missing from the nearest coarser level', () => {
    expect(
      assembled(
        [
          [1, 0],
          [3, 0],
        ],
        0,
        1,
        2,
      ),
    ).toEqual([4, 4, 6, 6]);
    expect(assembled([[3, 0]], 0, 1, 3)).toEqual([0, 0, 0, 0, 8, 8, 8, 8]);
    expect(
      assembled(
        [
          [0, 1],
          [3, 0],
        ],
        0,
        1,
        3,
      ),
    ).toEqual([4, 5, 6, 7, 8, 8, 8, 8]);
  });

  it('fills what is missing from finer levels when there is nothing coarser', () => {
    expect(
      assembled(
        [
          [0, 0],
          [0, 1],
        ],
        1,
        0,
        1,
      ),
    ).toEqual([0, 2, 4, 6]);
    expect(assembled([], 1, 0, 1)).toEqual([0, 0, 0, 0]);
  });
});

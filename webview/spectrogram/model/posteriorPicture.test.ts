import { describe, expect, it } from 'vitest';
import { chooseRows, frameAt, type LoadedPosteriors, likeliestAt, poolColumns } from './posteriorPicture.ts';

/** Two pieces of 10 and 5 frames of 0.1 s, the second 0.05 s late. Each frame has one certain unit. */
const certain = [0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 3, 0, 0, 0];
const posteriors: LoadedPosteriors = {
  plan: {
    ...{ frameSec: 0.1, frames: 15, units: ['', 'a', 'b', 'c', 'rare'], rows: 4, topCount: 2 },
    pieces: [
      { startSec: 1, frames: 10 },
      { startSec: 2.05, frames: 5 },
    ],
  },
  probabilities: Uint8Array.from(certain.flatMap((unit) => [0, 1, 2, 3].map((row) => (row === unit ? 250 : 1)))),
  topUnits: Uint16Array.from(certain.flatMap((unit) => [unit, 4])),
  topProbabilities: Uint8Array.from(certain.flatMap((_, frame) => [250, frame === 1 ? 5 : 0])),
  loaded: 15,
};

describe('a picture of posteriors', () => {
  it('knows the frame of a time', () => {
    expect([1, 1.15, 1.999, 2.02, 2.06, 2.54, 2.56, 0.9].map((sec) => frameAt(posteriors, sec))).toEqual([
      ...[0, 1, 9, undefined, 10, 14, undefined, undefined],
    ]);
    expect(frameAt({ ...posteriors, loaded: 5 }, 1.6)).toBeUndefined();
  });

  it('tells the likeliest units at a time, also those without a row', () => {
    expect(likeliestAt(posteriors, 1.15)).toEqual([
      { unit: 'a', probability: 250 / 255 },
      { unit: 'rare', probability: 5 / 255 },
    ]);
    expect(likeliestAt(posteriors, 1.25)).toEqual([{ unit: '', probability: 250 / 255 }]);
    expect(likeliestAt(posteriors, 5)).toEqual([]);
  });

  it('has rows for what is likely in sight, the likeliest where they are too many', () => {
    expect(chooseRows([posteriors], { startSec: 0, endSec: 9 }, 10)).toEqual(['', 'c', 'b', 'a']);
    expect(chooseRows([posteriors], { startSec: 1.35, endSec: 1.55 }, 10)).toEqual(['', 'b']);
    expect(chooseRows([posteriors], { startSec: 0, endSec: 9 }, 3)).toHaveLength(3);
    expect(chooseRows([], { startSec: 0, endSec: 9 }, 3)).toEqual([]);
  });

  it('shows every spike, however many frames are in a column', () => {
    const units = ['', 'a', 'b', 'c'];
    const { cells, heard } = poolColumns([posteriors], units, { startSec: 0, endSec: 4 }, 4);
    expect([...heard]).toEqual([0, 1, 1, 0]);
    const row = (unit: string, columns: number) => [
      ...cells.subarray(units.indexOf(unit) * columns, (units.indexOf(unit) + 1) * columns),
    ];
    expect(row('a', 4)).toEqual([0, 250, 1, 0]);
    expect(row('b', 4)).toEqual([0, 250, 1, 0]);
    expect(row('c', 4)).toEqual([0, 1, 250, 0]);
  });

  it('repeats a frame over the columns that it fills', () => {
    const { cells, heard } = poolColumns([posteriors], ['a'], { startSec: 1, endSec: 1.3 }, 30);
    expect([...heard].every((one) => one === 1)).toBe(true);
    expect([...cells].map((value) => (value === 250 ? 'x' : '.')).join('')).toBe(
      `${'.'.repeat(10)}${'x'.repeat(10)}${'.'.repeat(10)}`,
    );
  });
});

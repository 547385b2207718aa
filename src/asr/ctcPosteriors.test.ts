import { describe, expect, it } from 'vitest';
import { collectPosteriors, framesBetween, type HeardPiece } from './ctcPosteriors.ts';

/** A piece from rows of probabilities. */
const piece = (startSec: number, ...rows: number[][]): HeardPiece => ({
  startSec,
  frames: rows.length,
  logProbabilities: Float32Array.from(rows.flat(), Math.log),
});

describe('posteriors of a stretch', () => {
  const vocabulary = ['<blank>', 'a', 'b', 'c', ' d'];
  const heard = [
    piece(1, [0.91, 0.09, 0, 0, 0], [0.2, 0.04, 0, 0.02, 0.74]),
    piece(1.25, [0.51, 0.29, 0.01, 0.11, 0.08]),
  ];

  it('has a row for the blank and each unit that is ever likely, and the likeliest of each frame', () => {
    const found = collectPosteriors(heard, vocabulary, 0.1);
    expect(found).toMatchObject({ frameSec: 0.1, frames: 3, rows: 4, topCount: 5 });
    expect(found.pieces).toEqual([
      { startSec: 1, frames: 2 },
      { startSec: 1.25, frames: 1 },
    ]);
    // b is never likely: it is no row, and yet among the likeliest of a frame.
    expect(found.units).toEqual(['', 'a', 'c', ' d', 'b']);
    const bytes = (...values: number[]) => values.map((value) => Math.round(255 * value));
    expect([...found.probabilities]).toEqual(bytes(0.91, 0.09, 0, 0, 0.2, 0.04, 0.02, 0.74, 0.51, 0.29, 0.11, 0.08));
    const top = (frame: number) => [...found.topUnits.subarray(5 * frame, 5 * frame + 5)].map((i) => found.units[i]);
    expect(top(1).slice(0, 4)).toEqual([' d', '', 'a', 'c']);
    expect(top(2)).toEqual(['', 'a', 'c', ' d', 'b']);
    expect([...found.topProbabilities.subarray(5)]).toEqual(
      bytes(0.74, 0.2, 0.04, 0.02, 0, 0.51, 0.29, 0.11, 0.08, 0.01),
    );
  });

  it('keeps 64 units and the blank of a large vocabulary: the likeliest', () => {
    const many = Array.from({ length: 500 }, (_, i) => `u${i}`);
    const rows = many.map((_, unit) => many.map((_, i) => (i === unit ? (unit % 5 === 0 ? 0.9 : 0.5) : 0.0001)));
    const found = collectPosteriors([piece(0, ...rows)], many, 0.04);
    expect(found.rows).toBe(65);
    expect(found.units[0]).toBe('');
    expect(found.units.slice(1, 65).every((unit) => Number(unit.slice(1)) % 5 === 0)).toBe(true);
    expect(found.units[found.topUnits[5 * 499]!]).toBe('u499');
  });

  it('of nothing is nothing', () => {
    expect(collectPosteriors([], vocabulary, 0.1)).toMatchObject({ frames: 0, rows: 1, units: [''], pieces: [] });
  });
});

describe('frames between two times', () => {
  // Frames name themselves; the second piece begins half a frame after the end of the first.
  const named = (startSec: number, first: number, count: number): HeardPiece => ({
    startSec,
    frames: count,
    logProbabilities: Float32Array.from({ length: count }, (_, i) => first + i),
  });
  const pieces = [named(10, 0, 10), named(11.05, 100, 10)];
  const between = (startSec: number, endSec: number) => {
    const { logProbabilities, startSec: from } = framesBetween(pieces, 1, 0.1, { startSec, endSec });
    return [from, [...logProbabilities]] as const;
  };

  it('are all of the pieces that fill it', () => {
    expect(between(10, 11.05)[1].slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(framesBetween([pieces[0]!], 1, 0.1, { startSec: 10, endSec: 10.95 }).frames).toBe(10);
  });

  it('go on over pieces without drifting from the time', () => {
    const [startSec, frames] = between(10.5, 12.05);
    expect(startSec).toBeCloseTo(10.5, 9);
    expect(frames.slice(0, 5)).toEqual([5, 6, 7, 8, 9]);
    // 15.5 frames of time; the second piece's frame i is at 11.05 + 0.1 i.
    expect(frames).toHaveLength(16);
    expect(frames.at(-1)).toBe(109);
  });

  it('are none where nothing was heard', () => {
    expect(framesBetween([], 1, 0.1, { startSec: 0, endSec: 1 })).toMatchObject({ frames: 0 });
    expect(between(20, 21)[1]).toEqual([]);
  });
});

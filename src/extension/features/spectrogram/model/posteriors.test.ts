import { expect, it } from 'vitest';
import { decodePosteriors, posteriorPart } from './posteriors.ts';

const coded = (...bytes: number[]) => Buffer.from(bytes).toString('base64');
const engineSays = {
  ...{ frameSec: 0.04, frames: 3, pieces: [{ startSec: 0, frames: 3 }], units: ['', 'a', 'b'], rows: 2, topCount: 1 },
  ...{ probabilities: coded(1, 2, 3, 4, 5, 6), topUnits: coded(0, 0, 2, 1, 1, 0), topProbabilities: coded(9, 8, 7) },
};

it('gives the frames that there are', () => {
  const posteriors = decodePosteriors(engineSays);
  const part = (first: number, count: number) => {
    const { probabilities, topUnits, topProbabilities } = posteriorPart(posteriors, first, count);
    return [new Uint8Array(probabilities), new Uint16Array(topUnits), new Uint8Array(topProbabilities)].map((one) => [
      ...one,
    ]);
  };
  expect(part(1, 1)).toEqual([[3, 4], [0x0102], [8]]);
  expect(part(2, 100)).toEqual([[5, 6], [1], [7]]);
  expect(part(-5, 1)).toEqual([[1, 2], [0], [9]]);
  expect(part(7, 1)).toEqual([[], [], []]);
  expect(part(0, -1)).toEqual([[], [], []]);
});

it('refuses arrays of another size', () => {
  expect(() => decodePosteriors({ ...engineSays, frames: 4 })).toThrow('6 bytes instead of 8');
});

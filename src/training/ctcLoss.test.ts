import { expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { ctcLoss } from './ctcLoss.ts';

const vocabulary = 3;

/** −log of the summed probability of all paths, by writing every path out. */
function byEnumeration(logProbabilities: Float32Array, frames: number, tokens: number[]): number {
  let total = 0;
  for (let path = 0; path < vocabulary ** frames; path++) {
    let logSum = 0;
    const collapsed: number[] = [];
    let previous = -1;
    for (let frame = 0, rest = path; frame < frames; frame++, rest = Math.floor(rest / vocabulary)) {
      const label = rest % vocabulary;
      logSum += logProbabilities[frame * vocabulary + label]!;
      if (label !== 0 && label !== previous) collapsed.push(label);
      previous = label;
    }
    if (collapsed.join() === tokens.join()) total += Math.exp(logSum);
  }
  return -Math.log(total);
}

it.each([[[1]], [[1, 2]], [[1, 1]], [[2, 1, 2]], [[1, 1, 1]], [[]], [[1, 2, 1, 2, 1]]])(
  'equals the sum over all paths for %j',
  (tokens) => {
    const frames = 5;
    const random = createRandom('ctc', tokens.join());
    const logits = Float32Array.from({ length: frames * vocabulary }, () => random.normal());
    for (let frame = 0; frame < frames; frame++) {
      const row = logits.subarray(frame * vocabulary, (frame + 1) * vocabulary);
      const sum = Math.log(row.reduce((total, value) => total + Math.exp(value), 0));
      for (let v = 0; v < vocabulary; v++) row[v]! -= sum;
    }
    // Inputs are float32, sums float64: agreement is limited by neither.
    expect(ctcLoss(logits, frames, vocabulary, tokens)).toBeCloseTo(byEnumeration(logits, frames, tokens), 10);
  },
);

it('is infinite where no path exists', () => {
  const uniform = new Float32Array(3 * vocabulary).fill(-Math.log(vocabulary));
  expect(ctcLoss(uniform, 3, vocabulary, [1, 1, 2])).toBe(Number.POSITIVE_INFINITY);
  expect(ctcLoss(uniform, 0, vocabulary, [1])).toBe(Number.POSITIVE_INFINITY);
});

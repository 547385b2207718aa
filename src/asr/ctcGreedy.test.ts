import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeGreedy } from './ctcGreedy.ts';

/** Log-probabilities whose likeliest token in each frame is the path's, with the given posterior. */
function alongPath(path: readonly number[], vocabulary: number, posterior = 0.9): Float32Array {
  const rest = (1 - posterior) / (vocabulary - 1);
  return Float32Array.from(
    path.flatMap((token) => Array.from({ length: vocabulary }, (_, v) => Math.log(v === token ? posterior : rest))),
  );
}

test.each([
  ['a run is one token', [1, 1, 1], [1]],
  ['a blank parts equal tokens', [1, 0, 1], [1, 1]],
  ['repeats collapse before blanks go: "hello"', [4, 2, 3, 3, 0, 3, 5], [4, 2, 3, 3, 5]],
  ['"aa" needs a blank between', [1, 1, 0, 1, 1], [1, 1]],
  ['"a a" needs none, its space parts it', [1, 1, 2, 1], [1, 2, 1]],
  ['blanks at the ends', [0, 0, 2, 0], [2]],
  ['only blanks', [0, 0], []],
  ['no frames', [], []],
])('%s', (_, path, tokens) => {
  expect(decodeGreedy(alongPath(path, 6), path.length, 6).tokens).toEqual(tokens);
});

test('each token knows the frames of its run and the best posterior in it', () => {
  const log = alongPath([0, 1, 1, 2, 0, 2], 3, 0.5);
  log[2 * 3 + 1] = Math.log(0.8);
  const decoded = decodeGreedy(log, 6, 3);
  expect(decoded.tokens).toEqual([1, 2, 2]);
  expect(decoded.frames).toEqual([1, 3, 5]);
  expect(decoded.endFrames).toEqual([3, 4, 6]);
  expect(decoded.confidence.map((value) => value.toFixed(3))).toEqual(['0.800', '0.500', '0.500']);
});

test('rows past the frame count are padding', () => {
  expect(decodeGreedy(alongPath([1, 2, 2, 2], 3), 1, 3).tokens).toEqual([1]);
  expect(() => decodeGreedy(alongPath([1], 3), 2, 3)).toThrow('2 × 3');
});

test('a row without a number is a blank', () => {
  expect(decodeGreedy(new Float32Array(6).fill(Number.NaN), 2, 3).tokens).toEqual([]);
});

test('any path gives its collapsed tokens, in order, with runs that do not touch', () => {
  const paths = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 });
  fc.assert(
    fc.property(paths, (path) => {
      const decoded = decodeGreedy(alongPath(path, 4), path.length, 4);
      const collapsed = path.filter((token, t) => token !== path[t - 1]).filter((token) => token !== 0);
      expect(decoded.tokens).toEqual(collapsed);
      decoded.tokens.forEach((token, i) => {
        const run = path.slice(decoded.frames[i], decoded.endFrames[i]);
        expect(run.length).toBeGreaterThan(0);
        expect(run.every((step) => step === token)).toBe(true);
        if (i > 0) expect(decoded.frames[i]).toBeGreaterThanOrEqual(decoded.endFrames[i - 1]!);
      });
    }),
  );
});

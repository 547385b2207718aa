import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignCtc, type CtcAlignment } from './ctcAlign.ts';

const logs = (rows: number[][]) => Float32Array.from(rows.flat(), (p) => Math.log(p));

/** Log-probability of the best of all paths that collapse to the tokens; −∞ when none does. */
function bestPath(logProbabilities: Float32Array, frames: number, symbols: number, tokens: readonly number[]): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let code = 0; code < symbols ** frames; code++) {
    const path = Array.from({ length: frames }, (_, t) => Math.floor(code / symbols ** t) % symbols);
    const collapsed = path.filter((symbol, t) => symbol !== path[t - 1] && symbol !== 0);
    if (collapsed.join() !== tokens.join()) continue;
    best = Math.max(
      best,
      path.reduce((sum, symbol, t) => sum + logProbabilities[t * symbols + symbol]!, 0),
    );
  }
  return best;
}

test('a path found by hand', () => {
  // Blank, A, A, B, blank: 0.8 · 0.7 · 0.6 · 0.9 · 0.5.
  const output = logs([
    [0.8, 0.1, 0.1],
    [0.2, 0.7, 0.1],
    [0.3, 0.6, 0.1],
    [0.05, 0.05, 0.9],
    [0.5, 0.1, 0.4],
  ]);
  const { tokens, logProbability } = alignCtc(output, 5, 3, [1, 2]) as CtcAlignment;
  expect(logProbability).toBeCloseTo(Math.log(0.8 * 0.7 * 0.6 * 0.9 * 0.5), 6);
  expect(tokens).toMatchObject([
    { token: 1, firstFrame: 1, endFrame: 3 },
    { token: 2, firstFrame: 3, endFrame: 4 },
  ]);
  expect(Math.exp(tokens[0]!.logScore)).toBeCloseTo(Math.sqrt(0.7 * 0.6), 6);
});

test('the best of all paths, spelt exactly, or a problem where there is none', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 21, maxLength: 21 });
  const wanted = fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 5 });
  fc.assert(
    fc.property(weights, wanted, fc.integer({ min: 0, max: 7 }), (values, tokens, frames) => {
      const output = Float32Array.from(values, (value) => Math.log(value / 1000));
      const expected = bestPath(output, frames, 3, tokens);
      const found = alignCtc(output, frames, 3, tokens);
      if (!Number.isFinite(expected)) {
        expect('problem' in found && found.problem.code).toBe('align-infeasible');
        return;
      }
      const { tokens: runs, logProbability } = found as CtcAlignment;
      expect(logProbability).toBeCloseTo(expected, 5);
      expect(runs.map(({ token }) => token)).toEqual(tokens);
      // The runs, with blanks everywhere else, are the very path of that probability.
      let own = 0;
      for (let t = 0; t < frames; t++) {
        const run = runs.find(({ firstFrame, endFrame }) => t >= firstFrame && t < endFrame);
        own += output[t * 3 + (run?.token ?? 0)]!;
      }
      expect(own).toBeCloseTo(expected, 5);
      runs.slice(1).forEach((run, i) => {
        const gap = run.firstFrame - runs[i]!.endFrame;
        expect(gap).toBeGreaterThanOrEqual(run.token === runs[i]!.token ? 1 : 0);
      });
    }),
    { numRuns: 150 },
  );
});

test('what the model rules out is a problem, not a path', () => {
  const output = Float32Array.from([0, Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY]);
  expect(alignCtc(output, 2, 2, [1])).toMatchObject({ problem: { code: 'align-infeasible' } });
});

test('two minutes of output and a transcript as long as they can hold', () => {
  const frames = 3000;
  const tokens = Int32Array.from({ length: 1400 }, (_, i) => 1 + (i % 27));
  const output = new Float32Array(frames * 28).fill(Math.log(1 / 28));
  const { tokens: runs } = alignCtc(output, frames, 28, tokens) as CtcAlignment;
  expect(runs).toHaveLength(1400);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ctcFeasible, framesToTrain, minimumFrames } from './ctcFeasible.ts';
import { createCharTokenizer } from './tokenizer.ts';

const tokenizer = createCharTokenizer({ case: 'lower', keep: 'abcdefghijklmnopqrstuvwxyz ' });
const tokensOf = (text: string) => (tokenizer.encode(text) as { tokens: Int32Array }).tokens;

test.each([
  ['hello', 6],
  ['aa', 3],
  ['a a', 3],
  ['aaa', 5],
  ['abc', 3],
  ['a', 1],
])('%j needs %i frames', (text, frames) => {
  expect(minimumFrames(tokensOf(text))).toBe(frames);
  expect(ctcFeasible(tokensOf(text), frames)).toBe(true);
  expect(ctcFeasible(tokensOf(text), frames - 1)).toBe(false);
});

test('nothing can be said in no frames', () => {
  expect(ctcFeasible([], 0)).toBe(true);
});

/** Whether any of all paths collapses to the tokens. */
function someSpells(tokens: readonly number[], frames: number, symbols: number): boolean {
  for (let path = 0; path < symbols ** frames; path++) {
    const steps = Array.from({ length: frames }, (_, t) => Math.floor(path / symbols ** t) % symbols);
    const collapsed = steps.filter((step, t) => step !== steps[t - 1]).filter((step) => step !== 0);
    if (collapsed.length === tokens.length && collapsed.every((step, i) => step === tokens[i])) return true;
  }
  return false;
}

test('it agrees with trying every path', () => {
  const tokens = fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 4 });
  fc.assert(
    fc.property(tokens, fc.integer({ min: 0, max: 6 }), (wanted, frames) => {
      expect(ctcFeasible(wanted, frames)).toBe(someSpells(wanted, frames, 3));
    }),
  );
});

test('without CTC in the loss one frame is enough', () => {
  expect(framesToTrain([1, 1, 2], { ctcWeight: 0.3 })).toBe(4);
  expect(framesToTrain([1, 1, 2], { ctcWeight: 0 })).toBe(1);
});

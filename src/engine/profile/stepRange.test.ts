import { expect, it } from 'vitest';
import { parseStepRange } from './stepRange.ts';

it('reads a range of steps, or one step', () => {
  expect(parseStepRange(undefined)).toBeUndefined();
  expect(parseStepRange('3..7')).toEqual({ first: 3, last: 7 });
  expect(parseStepRange('12')).toEqual({ first: 12, last: 12 });
});

it.each(['0..3', '7..3', '1..21', '3-7', '-1', '1..2..3', 'x'])('refuses %s', (text) => {
  expect(() => parseStepRange(text)).toThrow(/expected the first and the last step to profile, such as 3\.\.7/);
});

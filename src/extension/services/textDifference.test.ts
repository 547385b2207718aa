import { expect, it } from 'vitest';
import { textDifference } from './textDifference.ts';

it('replaces what differs and no more', () => {
  const cases: [string, string][] = [
    ['rate: 0.01\n', 'rate: 0.02\n'],
    ['a: 1\n', 'a: 1\nb: 2\n'],
    ['aaa', 'aa'],
    ['', 'x'],
    ['same', 'same'],
  ];
  for (const [before, after] of cases) {
    const { start, end, text } = textDifference(before, after);
    expect(before.slice(0, start) + text + before.slice(end)).toBe(after);
  }
  expect(textDifference('rate: 0.01\n', 'rate: 0.02\n')).toEqual({ start: 9, end: 10, text: '2' });
});

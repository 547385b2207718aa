import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonFault } from './jsonFault.ts';

test.each([
  ['{"a": }', 6],
  ['{"a": 1', 7],
  ['{"a": 1,}', 8],
  ['{a: 1}', 1],
  ['[1 2]', 3],
  ['"a\nb"', 0],
  ['{"a": 01}', 6],
  ['', 0],
  ['[1]]', 3],
  ['{"a" 1}', 5],
  ['nulls', 0],
])('%j is wrong at %i', (text, offset) => {
  expect(findJsonFault(text)).toBe(offset);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('it finds a fault exactly where the parser refuses', () => {
  const nearly = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', '0', 'x', '\\', ' '))
    .map(
      ([text, place, put]) =>
        text.slice(0, place % (text.length + 1)) + put + text.slice((place % (text.length + 1)) + 1),
    );
  fc.assert(
    fc.property(fc.oneof(fc.json(), nearly, fc.string()), (text) => {
      expect(findJsonFault(text) === undefined).toBe(isJson(text));
    }),
    { numRuns: 500 },
  );
});

test('a million open brackets are no trouble', () => {
  expect(findJsonFault('['.repeat(1e6))).toBe(1e6);
});

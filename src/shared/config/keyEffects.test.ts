import { expect, test } from 'vitest';
import { configKeys } from './configKeys.ts';
import { keyEffects } from './keyEffects.ts';

test('what is said to follow from a key belongs to a key', () => {
  const paths = configKeys().map(({ path }) => path);
  expect(Object.keys(keyEffects).filter((path) => !paths.includes(path))).toEqual([]);
});

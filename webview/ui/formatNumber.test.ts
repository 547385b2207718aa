import { expect, it } from 'vitest';
import { formatNumber } from './formatNumber.ts';

it('numbers are as short as they can be', () => {
  expect([0, 1, 1.2345, 0.00012, 123_456, 1500, 0.05, 1e6].map(formatNumber)).toEqual([
    '0',
    '1',
    '1.23',
    '1.2e-4',
    '1.23e5',
    '1500',
    '0.05',
    '1e6',
  ]);
});

import { expect, test } from 'vitest';
import { formatCount, renderModelFacts } from './renderModelFacts.ts';

test('counts have three digits and a unit', () => {
  expect([0, 999, 1000, 4_134_567, 999_499, 999_600, 1.2e9].map(formatCount)).toEqual([
    '0',
    '999',
    '1.00 k',
    '4.13 M',
    '999 k',
    '1.00 M',
    '1.20 G',
  ]);
});

test('one line of facts', () => {
  expect(renderModelFacts({ parameters: 4_134_567, outputFramesPerSec: 25, totalStride: 4 })).toBe(
    '4.13 M parameters · 25 output frames/s',
  );
  const conformer = { parameters: 1e7, outputFramesPerSec: 25, totalStride: 4, macsPerSecond: 3e8 };
  expect(renderModelFacts({ ...conformer, receptiveFieldSec: Number.POSITIVE_INFINITY })).toBe(
    '10.0 M parameters · 25 output frames/s · sees the whole utterance · 300 M MACs per second of audio',
  );
  const facts = { parameters: 1, outputFramesPerSec: 25, totalStride: 4, peakMemoryBytes: 0.85 * 2 ** 30 };
  expect(renderModelFacts(facts)).toBe('1 parameters · 25 output frames/s · 0.85 GiB to train');
});

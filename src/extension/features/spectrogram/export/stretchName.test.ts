import { expect, it } from 'vitest';
import { stretchName } from './stretchName.ts';

it.each([
  ['take.wav', 12.3, 14.85, '.wav', 'take_12.30-14.85.wav'],
  ['a.b.flac', 0, 3600, '.wav', 'a.b_0.00-3600.00.wav'],
  ['noending', 1, 1.0123, '_logMel80.npy', 'noending_1.000-1.012_logMel80.npy'],
  ['.wav', 0, 1, '.png', '.wav_0.00-1.00.png'],
])('%s from %d to %d s', (name, startSec, endSec, ending, expected) => {
  expect(stretchName(name, startSec, endSec, ending)).toBe(expected);
});

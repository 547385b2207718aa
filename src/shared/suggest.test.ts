import { expect, test } from 'vitest';
import { suggestName } from './suggest.ts';

const names = ['train', 'evaluate', 'transcribe', 'hopSamples', 'windowSamples', 'learningRate'];

test.each([
  ['trian', 'train'],
  ['trains', 'train'],
  ['eval', 'evaluate'],
  ['hop_samples', 'hopSamples'],
  ['Hop-Samples', 'hopSamples'],
  ['window', 'windowSamples'],
  ['learnignRate', 'learningRate'],
  ['x', undefined],
  ['', undefined],
  ['completelyElse', undefined],
  ['t'.repeat(1000), undefined],
])('%.20s means %s', (word, expected) => {
  expect(suggestName(word, names)).toBe(expected);
});

import { expect, it } from 'vitest';
import type { Word } from '../words.ts';
import { compareWords, lostAtEdges } from './compareWords.ts';

const spoken = (text: string): Word[] =>
  text.split(' ').map((word, i) => ({ text: word, startSec: i, endSec: i + 0.5, confidence: 1 }));

it('names the edge at each word that differs, and counts those that were lost', () => {
  const compared = compareWords(spoken('ONE TWO THREE FOUR'), spoken('ONE FREE FOUR FIVE'), [0.2, 1.3, 2.55, 3.2], 0.1);
  expect(compared.map(({ kind, offline, streamed, edgeSec }) => [kind, offline, streamed, edgeSec])).toEqual([
    ['match', 'ONE', 'ONE', undefined],
    ['deletion', 'TWO', undefined, 1.3],
    ['substitution', 'THREE', 'FREE', 2.55],
    ['match', 'FOUR', 'FOUR', undefined],
    ['insertion', undefined, 'FIVE', 3.2],
  ]);
  expect(lostAtEdges(compared)).toBe(2);
  expect(lostAtEdges(compareWords(spoken('ONE TWO'), spoken('ONE'), [0.7], 0.1))).toBe(0);
});

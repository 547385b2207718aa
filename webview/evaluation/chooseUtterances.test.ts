import { expect, test } from 'vitest';
import type { ReportUtterance, ReportWord } from '../../src/shared/evaluation/evaluationReport.ts';
import { chooseUtterances, surestError, type UtteranceFilter } from './chooseUtterances.ts';

function utterance(id: string, speaker: string, durationSec: number, words: ReportWord[]): ReportUtterance {
  const count = (kind: ReportWord['kind']) => words.filter((word) => word.kind === kind).length;
  const counts = { substitutions: count('substitution'), deletions: count('deletion'), insertions: count('insertion') };
  const side = (name: 'reference' | 'hypothesis') => words.flatMap((word) => word[name] ?? []).join(' ');
  return {
    ...{ id, audioFilepath: id, audio: `/${id}`, offsetSec: 0, durationSec, speaker, manifest: '/m', line: Number(id) },
    ...{ reference: side('reference'), hypothesis: side('hypothesis'), characterErrors: 0, words, speechRate: 10 },
    counts: { ...counts, reference: words.length - counts.insertions },
  };
}

const same = (text: string): ReportWord => ({ kind: 'match', reference: text, hypothesis: text });
const all = [
  utterance('1', 'ann', 1, [same('GO'), same('NOW')]),
  utterance('2', 'bob', 3, [{ kind: 'substitution', reference: 'GO', hypothesis: 'NO', confidence: 0.9 }]),
  utterance('3', 'ann', 5, [same('STOP'), { kind: 'deletion', reference: 'GO' }]),
  utterance('4', 'bob', 7, [same('A'), { kind: 'insertion', hypothesis: 'GO', confidence: 0.4 }, same('B')]),
];
const every: UtteranceFilter = { query: '', onlyWrong: false };
const ids = (filter: Partial<UtteranceFilter>, column: 'errors' | 'wer' | 'confidence' = 'errors') =>
  chooseUtterances(all, { ...every, ...filter }, { column, descending: true }).map(({ id }) => id);

test('orders keep the report where they are equal', () => {
  expect(ids({})).toEqual(['2', '3', '4', '1']);
  expect(ids({}, 'wer')).toEqual(['2', '3', '4', '1']);
  expect(ids({}, 'confidence')).toEqual(['2', '4', '1', '3']);
});

test('filters join', () => {
  expect(ids({ onlyWrong: true })).toEqual(['2', '3', '4']);
  expect(ids({ query: ' stop' })).toEqual(['3']);
  expect(ids({ query: 'ANN', onlyWrong: true })).toEqual(['3']);
  expect(ids({ slice: { by: 'duration', name: '4–8 s' } })).toEqual(['3', '4']);
  expect(ids({ slice: { by: 'speaker', name: 'bob' } })).toEqual(['2', '4']);
  expect(ids({ confusion: { reference: 'GO', hypothesis: '' } })).toEqual(['3']);
  expect(ids({ confusion: { reference: '', hypothesis: 'GO' } })).toEqual(['4']);
});

test('the surest error is of wrong words that were heard', () => {
  expect(all.map(surestError)).toEqual([undefined, 0.9, undefined, 0.4]);
});

import { expect, test } from 'vitest';
import { parseManifest } from '../manifest.ts';
import { createFilter } from './datasetFilter.ts';
import { type Dataset, describeDatasets, wordsOf } from './datasetStatistics.ts';
import { binRange } from './histogram.ts';

const dataset = (name: string, lines: object[]): Dataset => {
  const { utterances, excluded, problems } = parseManifest(lines.map((line) => JSON.stringify(line)).join('\n'), name);
  return { name, utterances, excluded, problems: problems.length };
};

const train = dataset('train', [
  { audio_filepath: 'a.wav', text: 'go  on ', duration: 1, speaker: 'anna' },
  { audio_filepath: 'b.wav', text: 'go', duration: 2, speaker: 'bo' },
  { audio_filepath: 'c.wav', text: 'stop', speaker: 'bo' },
  { audio_filepath: 'd.wav', text: 'x', exclude: true },
  { audio_filepath: 'g.wav' },
]);
const dev = dataset('dev', [
  { audio_filepath: 'e.wav', text: 'go away', duration: 4 },
  { audio_filepath: 'f.wav', text: 'Éa away', duration: 4 },
]);

test('counts what is there', () => {
  const [first, second] = describeDatasets([train, dev]);
  expect(first).toMatchObject({
    ...{ utterances: 3, excluded: 1, problems: 1, durationSec: 3, unmeasured: 1, speakers: 2, withoutSpeaker: 0 },
    ...{ words: 4, distinctWords: 3, wordsOnce: 2 },
    topSpeakers: [
      { name: 'bo', utterances: 2, durationSec: 2 },
      { name: 'anna', utterances: 1, durationSec: 1 },
    ],
    topWords: [
      { name: 'go', count: 2 },
      { name: 'on', count: 1 },
      { name: 'stop', count: 1 },
    ],
  });
  // The spaces around a transcript and doubled ones are not said.
  expect(first!.alphabet.find(({ name }) => name === ' ')).toEqual({ name: ' ', count: 1 });
  expect(first!.outOfVocabulary).toBeUndefined();
  expect(second!.outOfVocabulary).toEqual({
    words: 3,
    distinct: 2,
    most: [
      { name: 'away', count: 2 },
      { name: 'Éa', count: 1 },
    ],
  });
  expect(second).toMatchObject({ withoutSpeaker: 2, speakers: 0 });
});

test('the histograms of several manifests can be laid over each other', () => {
  const [first, second] = describeDatasets([train, dev]);
  for (const key of ['durations', 'speechRates'] as const) {
    expect([first![key].from, first![key].width]).toEqual([second![key].from, second![key].width]);
    expect(first![key].counts).toHaveLength(second![key].counts.length);
  }
  expect(first!.durations.counts.reduce((a, b) => a + b)).toBe(2);
});

test('each bar, character, word and speaker lists as many utterances as it counts', () => {
  const [first] = describeDatasets([train, dev]);
  const facts = { levels: new Map(), knownWords: () => new Set(train.utterances.flatMap(({ text }) => wordsOf(text))) };
  const listed = (filter: Parameters<typeof createFilter>[0], of = train) =>
    of.utterances.filter(createFilter(filter, facts)).map(({ audioFilepath }) => audioFilepath);
  first!.durations.counts.forEach((count, bin) => {
    const { from, to } = binRange(first!.durations, bin);
    expect(listed({ by: 'duration', from, to })).toHaveLength(count);
  });
  first!.speechRates.counts.forEach((count, bin) => {
    const { from, to } = binRange(first!.speechRates, bin);
    expect(listed({ by: 'speechRate', from, to })).toHaveLength(count);
  });
  expect(listed({ by: 'speaker', value: 'bo' })).toEqual(['b.wav', 'c.wav']);
  expect(listed({ by: 'character', value: 'p' })).toEqual(['c.wav']);
  expect(listed({ by: 'word', value: 'go' })).toEqual(['a.wav', 'b.wav']);
  expect(listed({ by: 'unknownWords' }, dev)).toEqual(['e.wav', 'f.wav']);
  expect(listed({ by: 'unknownWords' })).toEqual([]);
});

test('a manifest without an utterance has statistics', () => {
  const [empty] = describeDatasets([dataset('empty', [])]);
  expect(empty).toMatchObject({ utterances: 0, durationSec: 0, alphabet: [], words: 0 });
});

import { expect, test } from 'vitest';
import { describeDatasets } from '../../src/asr/dataset/datasetStatistics.ts';
import { parseManifest } from '../../src/asr/manifest.ts';
import { alphabetPicture, figuresOf, format, pictureOf, type ShownManifest, showCharacter } from './pictures.ts';
import { stringsFor } from './strings.ts';

const text = stringsFor('en');
const dataset = (name: string, lines: object[]) => ({
  ...parseManifest(lines.map((line) => JSON.stringify(line)).join('\n'), name),
  ...{ name, problems: 0 },
});
const shown: ShownManifest[] = describeDatasets([
  dataset('train', [
    { audio_filepath: 'a', text: 'ab ab', duration: 1 },
    { audio_filepath: 'b', text: 'b', duration: 3 },
  ]),
  dataset('dev', [{ audio_filepath: 'c', text: 'c', duration: 2 }]),
]).map((statistics) => ({ statistics, levels: undefined, color: '#123456' }));

test('histograms lie side by side, in the same bins', () => {
  const { bars, series } = pictureOf(shown, ({ statistics }) => statistics.durations, 'seconds', text);
  expect(series.map(({ name }) => name)).toEqual(['train', 'dev']);
  for (const { counts } of series) expect(counts).toHaveLength(bars.length);
  expect(bars[0]).toEqual({ tick: '0', label: '0 to 0.2 seconds' });
});

test('levels that are not known yet are no bars', () => {
  expect(pictureOf(shown, ({ levels }) => levels?.rmsDb, 'dBFS', text)).toMatchObject({ bars: [], series: [] });
});

test('the alphabet of all manifests, most frequent first', () => {
  const { bars, series } = alphabetPicture(shown, text);
  expect(bars.map(({ tick }) => tick)).toEqual(['b', 'a', '␣', 'c']);
  expect(series.map(({ counts }) => counts)).toEqual([
    [3, 2, 1, 0],
    [0, 0, 0, 1],
  ]);
});

test('the overview leaves out what nobody has', () => {
  const figures = new Map(figuresOf(shown, text));
  expect(figures.get('Utterances')).toEqual(['2', '1']);
  expect(figures.get('Running words not in train')).toEqual(['', '1 (100.00 %)']);
  expect(figures.has('Excluded')).toBe(false);
});

test.each([
  ['a', 'a'],
  [' ', '␣'],
  ['\u0301', 'U+0301'],
  ['\u200b', 'U+200B'],
])('%j is shown as %s', (name, seen) => {
  expect(showCharacter(name, '␣')).toBe(seen);
});

test('thousands', () => {
  expect([999, 1000, 1234567].map(format)).toEqual(['999', '1\u202f000', '1\u202f234\u202f567']);
});

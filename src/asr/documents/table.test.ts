import { expect, test } from 'vitest';
import { writtenText } from '../utterancePlace.ts';
import { parseTable } from './table.ts';

const none = new Set<string>();
const at = (text: string, { line, column, endColumn }: { line: number; column: number; endColumn?: number }) =>
  text.split('\n')[line - 1]!.slice(column - 1, endColumn === undefined ? undefined : endColumn - 1);

test("Common Voice's columns, recordings in clips, quotation marks as they are", () => {
  const text = 'client_id\tpath\tsentence\tage\r\nab\tx.mp3\tShe said "no".\t\r\n';
  const document = parseTable(text, 'd/train.tsv', new Set(['clips', 'train.tsv']))!;
  expect(document.problems).toEqual([]);
  const [one] = document.utterances;
  expect(one).toMatchObject({ audioFilepath: 'clips/x.mp3', text: 'She said "no".', speaker: 'ab', line: 2 });
  expect(at(text, one!.places!.text!)).toBe('She said "no".');
  expect(at(text, one!.places!.audio!)).toBe('x.mp3');
});

test('CSV with quoted fields; a mended transcript keeps its quotation marks', () => {
  const text = 'wav_filename,wav_filesize,transcript\na.wav,12,"one, ""two"""\nb.wav,12,"open\n';
  const document = parseTable(text, 't.csv', none)!;
  const [one] = document.utterances;
  expect(one).toMatchObject({ audioFilepath: 'a.wav', text: 'one, "two"' });
  expect(at(text, one!.places!.text!)).toBe('"one, ""two"""');
  expect(writtenText(one!, 'a "b", c')).toBe('"a ""b"", c"');
  expect(document.problems).toMatchObject([{ code: 'table-quote', line: 3, column: 10 }]);
});

test("LJ Speech's metadata has no heading; the normalised text counts where there is one", () => {
  const text = 'LJ1|In 1455,|in fourteen fifty-five\nLJ2|plain|\nLJ3\nLJ1|again|again\n';
  const document = parseTable(text, 'metadata.csv', none)!;
  expect(document.utterances.map(({ audioFilepath, text: words }) => [audioFilepath, words])).toEqual([
    ['wavs/LJ1.wav', 'in fourteen fifty-five'],
    ['wavs/LJ2.wav', 'plain'],
    ['wavs/LJ1.wav', 'again'],
  ]);
  expect(document.problems.map(({ code, line }) => [code, line])).toEqual([
    ['table-row', 3],
    ['manifest-duplicate', 4],
  ]);
});

test('other tables are no data; what is no text is said once', () => {
  expect(parseTable('name,price\napple,1\n', 'fruit.csv', none)).toBeUndefined();
  expect(parseTable('', 'empty.csv', none)).toBeUndefined();
  expect(parseTable('\0\0\0', 'x.csv', none)!.problems).toMatchObject([{ code: 'text-encoding', line: 1 }]);
});

test('a row of 10 MB is named and skipped', () => {
  const document = parseTable(`path\tsentence\n${'x'.repeat(10_000_000)}\na.wav\tyes\n`, 'x.tsv', none)!;
  expect(document.problems).toMatchObject([{ code: 'table-row', line: 2 }]);
  expect(document.utterances).toHaveLength(1);
});

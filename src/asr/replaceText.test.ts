import { expect, test } from 'vitest';
import { parseKaldiFolder } from './documents/kaldiFolder.ts';
import { parseTable } from './documents/table.ts';
import { parseTranscriptList } from './documents/transcriptList.ts';
import { parseManifest, type Utterance } from './manifest.ts';
import { replaceText } from './replaceText.ts';
import { wordAtColumn } from './wordAtColumn.ts';

const none = new Set<string>();
function replaced(utterance: Utterance, line: string, text: string): string {
  const { place, replacement } = replaceText(utterance, line, text);
  return line.slice(0, place.column - 1) + replacement + line.slice(place.endColumn - 1);
}
const manifest = (line: string, text: string) =>
  replaced(parseManifest(line, 'm.jsonl', { textless: true }).utterances[0]!, line, text);

test('a manifest line keeps its other bytes', () => {
  expect(manifest('{ "text" :"old \\"x\\"",  "n":1.50, "audio_filepath":"a.wav" }', 'say "é"\\')).toBe(
    '{ "text" :"say \\"é\\"\\\\",  "n":1.50, "audio_filepath":"a.wav" }',
  );
  expect(manifest('{"audio_filepath": "a.wav", "duration": 1}', 'go')).toBe(
    '{"audio_filepath": "a.wav", "text": "go", "duration": 1}',
  );
  expect(manifest('{"duration":1,"audio_filepath":"a.wav"}', 'go')).toBe(
    '{"duration":1,"audio_filepath":"a.wav","text":"go"}',
  );
  expect(manifest('{"audio_filepath": "a.wav", "text": null}', 'go')).toBe('{"audio_filepath": "a.wav", "text": "go"}');
  // A file that escapes what is not ASCII goes on doing so.
  expect(manifest('{"audio_filepath": "\\u00e9.wav", "text": ""}', 'été')).toBe(
    '{"audio_filepath": "\\u00e9.wav", "text": "\\u00e9t\\u00e9"}',
  );
});

test('tables are quoted where they need it', () => {
  const csv = (row: string, text: string) =>
    replaced(parseTable(`path,transcript,n\n${row}\n`, 't.csv', none)!.utterances[0]!, row, text);
  expect(csv('a.wav,old,1', 'new')).toBe('a.wav,new,1');
  expect(csv('a.wav,old,1', 'one, "two"')).toBe('a.wav,"one, ""two""",1');
  expect(csv('a.wav,"old",1', 'new')).toBe('a.wav,"new",1');
  expect(csv('a.wav,,1', 'new')).toBe('a.wav,new,1');
  const tsv = 'a.wav\told\t1';
  const row = parseTable(`path\tsentence\tn\n${tsv}\n`, 't.tsv', none)!.utterances[0]!;
  expect(replaced(row, tsv, 'one, "two"')).toBe('a.wav\tone, "two"\t1');
});

test('ids of transcript lists and of Kaldi stay', () => {
  const list = (line: string) => replaced(parseTranscriptList(line, 'l.trans.txt', none).utterances[0]!, line, 'go on');
  expect(list('1-2-3 OLD')).toBe('1-2-3 go on');
  expect(list('1-2-3')).toBe('1-2-3 go on');
  const kaldi = (line: string) => {
    const folder = { wavScp: { file: 'wav.scp', text: 'u1 a.wav\n' }, text: { file: 'text', text: line } };
    return replaced(parseKaldiFolder(folder, '/').utterances[0]!, line, 'go on');
  };
  expect(kaldi('u1 OLD')).toBe('u1 go on');
  expect(kaldi('u1')).toBe('u1 go on');
});

test('the word at a column, past escapes', () => {
  const line = '{"audio_filepath": "a.wav", "text": "so \\"to\\u0020say\\" no"}';
  const [utterance] = parseManifest(line, 'm.jsonl').utterances;
  const at = (part: string) => wordAtColumn(utterance!, line, line.indexOf(part) + 1);
  expect(utterance!.text).toBe('so "to say" no');
  expect(['so ', 'o ', 'to\\', 'say', ' no', 'no"'].map(at)).toEqual([0, 0, 1, 2, 2, 3]);
  expect(at('a.wav')).toBeUndefined();
  const [listed] = parseTranscriptList('1-2-3 ONE TWO', 'l.trans.txt', none).utterances;
  expect([1, 7, 10, 11, 14].map((column) => wordAtColumn(listed!, '1-2-3 ONE TWO', column))).toEqual([
    undefined,
    0,
    0,
    1,
    1,
  ]);
});

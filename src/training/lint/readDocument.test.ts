import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readDocument } from './readDocument.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-document-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, content: string | Uint8Array) => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const line = '{"audio_filepath":"a.wav","text":"yes"}';
const problemsOf = async (file: string) =>
  (await readDocument(file))?.problems.map(({ code, line, message }) => `${line} ${code}: ${message}`);

test('what lists no recordings is none: event logs, other tables, wav.scp without text', async () => {
  expect(await readDocument(put('events.jsonl', '{"kind":"step"}\n'))).toBeUndefined();
  expect(await readDocument(put('fruit.csv', 'name,price\n'))).toBeUndefined();
  expect(await readDocument(put('alone/wav.scp', 'a a.wav\n'))).toBeUndefined();
  expect(await readDocument(put('notes.md', line))).toBeUndefined();
});

test('binary files, folders, links in a circle and lines of 10 MB are named, nothing else', async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 256);
  expect(await problemsOf(put('binary.jsonl', bytes))).toEqual([expect.stringMatching(/^1 manifest-binary: not text/)]);
  expect(await problemsOf(put('wide.jsonl', Buffer.from(line, 'utf16le')))).toEqual([
    '1 manifest-encoding: saved as UTF-16; save it as UTF-8',
  ]);
  mkdirSync(join(folder, 'folder.jsonl'));
  expect(await problemsOf(join(folder, 'folder.jsonl'))).toEqual(['1 document-unreadable: it is a folder']);
  symlinkSync('round.csv', join(folder, 'round.csv'));
  expect(await problemsOf(join(folder, 'round.csv'))).toEqual(['1 document-unreadable: the links go in a circle']);
  const long = put('long.jsonl', `${line}\n{"text":"${'x'.repeat(10_000_000)}"}\n${line.replace('a.wav', 'b.wav')}\n`);
  expect(await problemsOf(long)).toEqual([expect.stringMatching(/^2 manifest-line: the line has 10000011 characters/)]);
  expect((await readDocument(long))!.utterances).toHaveLength(2);
});

test('texts of editors count before files; Kaldi is read from the folder it is run in', async () => {
  const file = put('open.jsonl', line);
  expect((await readDocument(file, new Map([[file, `${line}\n{`]])))!.problems).toHaveLength(1);
  put('s5/wav/u.wav', '');
  put('s5/data/train/text', 'u YES\n');
  const scp = put('s5/data/train/wav.scp', 'u wav/u.wav\n');
  expect((await readDocument(scp))!.utterances).toMatchObject([
    { audioFilepath: join(folder, 's5/wav/u.wav'), text: 'YES', file: join(folder, 's5/data/train/text') },
  ]);
});

import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import * as vscode from 'vscode';
import type { TranscriptItem } from '../../src/shared/protocol/transcripts.ts';
import { type ToneWord, toneModel, toneWav } from '../toneModel.ts';
import { repository, workspaceFolder } from './support/workspace.ts';

interface Shown {
  request: number;
  items: readonly TranscriptItem[];
}

const folder = () => path.join(workspaceFolder(), 'tones');
const uriOf = (name: string) => vscode.Uri.file(path.join(folder(), name));
function write(name: string, content: string | Uint8Array): vscode.Uri {
  const file = path.join(folder(), name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return vscode.Uri.file(file);
}
/** Selects from and to places of lines, both from 0, and transcribes. */
async function transcribeIn(uri: vscode.Uri, ...ranges: [number, number, number, number][]): Promise<Shown> {
  const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
  editor.selections = ranges.map((range) => new vscode.Selection(...range));
  const shown = await vscode.commands.executeCommand<Shown | undefined>('asr.transcribeSelection');
  assert.ok(shown);
  return shown;
}
const insert = ({ request }: Shown, item: number) =>
  vscode.commands.executeCommand('asr.insertTranscript', request, item);
const textOf = async (uri: vscode.Uri) => (await vscode.workspace.openTextDocument(uri)).getText();
type Change = [item: number, from: string, to: string];
/** Inserts one after another, compares the whole text, and takes all of it back. */
async function insertAndUndo(shown: Shown, uri: vscode.Uri, ...changes: Change[]) {
  const before = await textOf(uri);
  let wanted = before;
  for (const [item, from, to] of changes) {
    await insert(shown, item);
    wanted = wanted.replace(from, () => to);
  }
  assert.equal(await textOf(uri), wanted);
  assert.notEqual(wanted, before);
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
  for (const _ of changes) await vscode.commands.executeCommand('undo');
  assert.equal(await textOf(uri), before);
}

const clips: Record<string, ToneWord[]> = {
  'a-1-1.wav': ['seven', 'two'],
  'a-1-2.wav': ['nine'],
  'sub/b.wav': ['two', 'o"clock', 'été'],
};

suite('transcribing what is selected', () => {
  let manifest: vscode.Uri;
  suiteSetup(async () => {
    for (const [name, words] of Object.entries(clips)) write(name, toneWav(words));
    manifest = write(
      'all.jsonl',
      [
        '{"audio_filepath":"a-1-1.wav",  "text" : "seven eleven two", "x": [1.50]}',
        '{"audio_filepath": "gone.wav", "text": "gone"}',
        '{"audio_filepath": "sub/b.wav", "duration": 1.0}',
        '{"audio_filepath": "a-1-2.wav", "text": "nine"}',
        '',
      ].join('\r\n'),
    );
    await vscode.commands.executeCommand('asr.pinModel', write('tones.onnx', await toneModel()));
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(folder(), { recursive: true, force: true });
  });

  test('lines of a manifest, several cursors: one bad line is named, the others done', async function () {
    this.timeout(240_000);
    const shown = await transcribeIn(manifest, [0, 3, 0, 3], [1, 0, 3, 0]);
    const { items } = shown;
    assert.deepEqual(
      items.map(({ name, state, text, line }) => [name, state, text, line]),
      [
        ['all.jsonl:1', 'done', 'seven two', 'filled'],
        ['all.jsonl:2', 'failed', '', 'filled'],
        ['all.jsonl:3', 'done', 'two o"clock été', 'empty'],
      ],
    );
    assert.match(items[1]!.message!, /there is no file .*gone\.wav/);
    assert.deepEqual(items[0]!.errors, { substitutions: 0, deletions: 1, insertions: 0, reference: 3 });
    assert.equal(items[2]!.errors, undefined);
    await insertAndUndo(
      shown,
      manifest,
      [0, '"seven eleven two"', '"seven two"'],
      [2, '"sub/b.wav", "d', '"sub/b.wav", "text": "two o\\"clock été", "d'],
    );
    // The line is found again where lines have been put before it.
    const edit = new vscode.WorkspaceEdit();
    edit.insert(manifest, new vscode.Position(0, 0), '{"audio_filepath": "new.wav", "text": ""}\r\n');
    await vscode.workspace.applyEdit(edit);
    await insertAndUndo(shown, manifest, [0, '"seven eleven two"', '"seven two"']);
    await vscode.commands.executeCommand('undo');
    assert.equal(await textOf(manifest), fs.readFileSync(manifest.fsPath, 'utf8'));
  });

  test('lines of a transcript list, a table and Kaldi', async function () {
    this.timeout(240_000);
    const list = write('a-1.trans.txt', 'a-1-1 SEVEN TWO\na-1-2\n');
    const listed = await transcribeIn(list, [0, 0, 1, 5]);
    assert.deepEqual(
      listed.items.map(({ text, line }) => [text, line]),
      [
        ['seven two', 'filled'],
        ['nine', 'empty'],
      ],
    );
    await insertAndUndo(listed, list, [0, '1-1 SEVEN TWO', '1-1 seven two'], [1, 'a-1-2\n', 'a-1-2 nine\n']);
    const table = write('table.csv', 'path,transcript,age\nsub/b.wav,"old, ""text""",7\na-1-2.wav,,8\n');
    const rows = await transcribeIn(table, [1, 0, 2, 1]);
    await insertAndUndo(rows, table, [0, '"old, ""text"""', '"two o""clock été"'], [1, '.wav,,8', '.wav,nine,8']);
    write('kaldi/wav.scp', `r ${uriOf('sub/b.wav').fsPath}\n`);
    const segments = write('kaldi/segments', 's1 r 0.0 0.38\ns2 r 0.38 1.0\n');
    const kaldi = write('kaldi/text', 's1 old words\ns2 x\n');
    const parts = await transcribeIn(segments, [0, 0, 1, 1]);
    assert.deepEqual(
      parts.items.map(({ text }) => text),
      ['two', 'o"clock été'],
    );
    await insertAndUndo(parts, kaldi, [0, 's1 old words', 's1 two']);
  });

  test('the word under the cursor, with its time', async () => {
    const column = '{"audio_filepath":"a-1-1.wav",  "text" : "seven eleven tw'.length;
    const { items } = await transcribeIn(manifest, [0, column, 0, column]);
    const { focus, pairs } = items[0]!;
    const { reference, hypothesis, startSec, endSec } = pairs[focus!]!;
    assert.deepEqual([reference, hypothesis], ['two', 'two']);
    assert.ok(Math.abs(startSec - 0.4) < 0.05 && Math.abs(endSec - 0.6) < 0.05, `${startSec} to ${endSec}`);
  });

  test('files and folders give the same text as the command line', async () => {
    const shown = await vscode.commands.executeCommand<Shown>('asr.transcribeFile', uriOf('sub'), [
      uriOf('sub'),
      uriOf('a-1-1.wav'),
      uriOf('tones.onnx'),
    ]);
    const files = ['sub/b.wav', 'a-1-1.wav'].map((name) => uriOf(name).fsPath);
    const printed = execFileSync(
      process.execPath,
      [path.join(repository(), 'dist/engine.js'), 'transcribe', uriOf('tones.onnx').fsPath, ...files, '--json'],
      { encoding: 'utf8', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
    );
    const texts = (JSON.parse(printed) as { text: string }[]).map(({ text }) => text);
    assert.deepEqual(texts, ['two o"clock été', 'seven two']);
    assert.deepEqual(
      shown.items.map(({ text, state }) => [text, state]),
      [...texts.map((text) => [text, 'done']), ['', 'failed']],
    );
    const all = await vscode.commands.executeCommand<Shown>('asr.transcribeRecordings', manifest);
    assert.deepEqual(
      all.items.map(({ state }) => state),
      ['done', 'failed', 'done', 'done'],
    );
    assert.ok(vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label === 'Transcripts: 3')));
  });
});

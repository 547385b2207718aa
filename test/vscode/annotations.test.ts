import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import { renderTextGrid } from '../../src/asr/annotations/textGrid.ts';
import { writeWav } from '../../src/dsp/writeWav.ts';
import type { AnnotationEdit, AnnotationSet } from '../../src/shared/protocol/spectrogramAnnotations.ts';
import { eventually } from '../eventually.ts';
import { workspaceFolder } from './support/workspace.ts';

const folder = () => path.join(workspaceFolder(), 'labels');
const file = (name: string) => path.join(folder(), name);
const recording = () => file('a.wav');
const read = (name: string) => fs.readFileSync(file(name), 'utf8');

const lines = [
  '{"audio_filepath": "b.wav", "text": "other"}',
  '{ "speaker":"s", "text":"one two", "audio_filepath" : "a.wav", "offset": 0.50, "duration": 1.0, "x": [1,  2]}',
].join('\r\n');
const span = { startSec: 0, endSec: 4 };
const grid = renderTextGrid(
  {
    ...span,
    tiers: [
      { ...span, kind: 'interval', name: 'words', intervals: [{ startSec: 0, endSec: 4, text: '</script>\u202e"x"' }] },
      { ...span, kind: 'point', name: 'bell', points: [{ timeSec: 1, text: 'ding' }] },
    ],
  },
  'short',
  '\r\n',
);

async function ask(edit?: AnnotationEdit): Promise<AnnotationSet> {
  const set = await vscode.commands.executeCommand<AnnotationSet | undefined>('asr.editLabels', recording(), edit);
  assert.ok(set, 'the edit was refused');
  return set;
}
const tierOf = (set: AnnotationSet, format: string) => set.tiers.find((tier) => tier.format === format)!;
const tab = () =>
  vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ input }) => input instanceof vscode.TabInputCustom);
const dirty = (wanted: boolean) =>
  eventually(`the tab to be ${wanted ? 'dirty' : 'clean'}`, () => (tab()?.isDirty === wanted ? true : undefined));
const opened = () =>
  eventually('the manifest to be read', async () => {
    const set = await vscode.commands.executeCommand<AnnotationSet | undefined>('asr.editLabels', recording());
    return set?.tiers.some(({ format }) => format === 'manifest') ? set : undefined;
  });
const open = async () => {
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(recording()), 'asr.spectrogram');
  return opened();
};

suite('labels of a recording', () => {
  setup(() => {
    fs.mkdirSync(folder(), { recursive: true });
    const samples = Float32Array.from({ length: 16_000 * 4 }, (_, i) => Math.sin(i / 8) / 4);
    fs.writeFileSync(recording(), writeWav([samples], 16_000));
    fs.writeFileSync(file('list.jsonl'), lines);
    fs.writeFileSync(file('a.TextGrid'), grid);
  });
  teardown(async () => {
    while (tab()?.isDirty) await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(folder(), { recursive: true });
  });

  test('are read from the files beside it and the manifests, and opening changes nothing', async () => {
    const set = await open();
    assert.deepEqual(
      set.tiers.map(({ name, format, items }) => [
        name,
        format,
        items.map(({ startSec, endSec, text }) => [startSec, endSec, text]),
      ]),
      [
        ['list.jsonl', 'manifest', [[0.5, 1.5, 'one two']]],
        ['words', 'textGrid', [[0, 4, '</script>\u202e"x"']]],
        ['bell', 'textGrid', [[1, 1, 'ding']]],
      ],
    );
    assert.deepEqual([tab()?.isDirty, read('list.jsonl'), read('a.TextGrid')], [false, lines, grid]);
  });

  test('are edited, undone, done again and saved to the very place they came from', async () => {
    const set = await open();
    const manifest = tierOf(set, 'manifest');
    await ask({ edit: 'split', tier: manifest.id, item: manifest.items[0]!.id, atSec: 1 });
    await dirty(true);
    await vscode.commands.executeCommand('undo');
    await dirty(false);
    assert.deepEqual((await ask()).tiers, set.tiers);
    await vscode.commands.executeCommand('redo');
    await dirty(true);
    const words = tierOf(set, 'textGrid');
    await ask({ edit: 'rename', tier: words.id, item: words.items[0]!.id, text: 'new' });
    await ask({ edit: 'add', tier: '', startSec: 3, endSec: 3.5, text: 'mine' });
    await vscode.commands.executeCommand('workbench.action.files.save');
    await dirty(false);
    assert.equal(
      read('list.jsonl'),
      [
        lines.replace('one two', 'one').replace('1.0,', '0.5,'),
        '{ "speaker":"s", "text":"two", "audio_filepath" : "a.wav", "offset": 1, "duration": 0.5, "x": [1,  2]}',
      ].join('\r\n'),
    );
    const labels = [
      '"IntervalTier"',
      '"labels"',
      '0',
      '4',
      '3',
      '0',
      '3',
      '""',
      '3',
      '3.5',
      '"mine"',
      '3.5',
      '4',
      '""',
      '',
    ];
    assert.equal(
      read('a.TextGrid'),
      grid.replace('"</script>\u202e""x"""', '"new"').replace('<exists>\r\n2', '<exists>\r\n3') + labels.join('\r\n'),
    );
    // Undo goes back behind the save, and saving then brings the old bytes back where it can.
    await vscode.commands.executeCommand('undo');
    await dirty(true);
    assert.deepEqual(
      (await ask()).tiers.map(({ name }) => name),
      ['list.jsonl', 'words', 'bell'],
    );
    await vscode.commands.executeCommand('workbench.action.files.save');
    await dirty(false);
    assert.equal(read('a.TextGrid'), grid.replace('"</script>\u202e""x"""', '"new"'));
  });

  test('become lines of a manifest, which may be a new one', async () => {
    await open();
    const add = (manifest: string, startSec: number) =>
      vscode.commands.executeCommand(
        'asr.addToManifest',
        recording(),
        { startSec, endSec: startSec + 0.5, text: 'é' },
        file(manifest),
      );
    await add('list.jsonl', 2);
    await add('deeper/new.jsonl', 3);
    await dirty(true);
    fs.mkdirSync(file('deeper'));
    await vscode.commands.executeCommand('workbench.action.files.save');
    await dirty(false);
    const line = (audio: string, offset: number) =>
      `{"audio_filepath": "${audio}", "offset": ${offset}, "duration": 0.5, "text": "é"}`;
    assert.equal(read('list.jsonl'), `${lines}\r\n${line('a.wav', 2)}`);
    assert.equal(read('deeper/new.jsonl'), `${line('../a.wav', 3)}\n`);
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('workbench.action.files.save');
    await dirty(false);
    assert.deepEqual([read('list.jsonl'), read('deeper/new.jsonl')], [lines, '']);
  });

  test('are reverted', async () => {
    const set = await open();
    const manifest = tierOf(set, 'manifest');
    await ask({ edit: 'delete', tier: manifest.id, item: manifest.items[0]!.id });
    await dirty(true);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await dirty(false);
    assert.deepEqual((await ask()).tiers, set.tiers);
    assert.equal(read('list.jsonl'), lines);
  });

  test('follow their files; what was edited is kept, and saved around what has changed', async () => {
    const { id, items } = tierOf(await open(), 'manifest');
    fs.writeFileSync(file('list.jsonl'), lines.replace('one two', 'three'));
    await eventually('the other text', async () =>
      tierOf(await ask(), 'manifest').items[0]!.text === 'three' ? true : undefined,
    );
    assert.equal(tab()?.isDirty, false);
    await ask({ edit: 'rename', tier: id, item: tierOf(await ask(), 'manifest').items[0]!.id, text: 'mine' });
    const more = `{"audio_filepath": "c.wav", "text": ""}\r\n${lines.replace('one two', 'three')}\r\n`;
    fs.writeFileSync(file('list.jsonl'), more);
    await vscode.commands.executeCommand('workbench.action.files.save');
    await dirty(false);
    assert.equal(read('list.jsonl'), more.replace('three', 'mine'));
    assert.equal(items.length, 1);
  });

  test('changed in both places are not saved over, and the file stays as it is', async () => {
    const { id, items } = tierOf(await open(), 'manifest');
    await ask({ edit: 'rename', tier: id, item: items[0]!.id, text: 'mine' });
    const theirs = lines.replace('one two', 'theirs');
    fs.writeFileSync(file('list.jsonl'), theirs);
    await eventually('the problem', async () =>
      (await ask()).problems.some(({ code }) => code === 'annotations-changed') ? true : undefined,
    );
    const asked = await answering(undefined, () => vscode.commands.executeCommand('workbench.action.files.save'));
    assert.match(asked!, /list\.jsonl cannot take the labels/);
    assert.equal(read('list.jsonl'), theirs);
    await answering('Overwrite', () => vscode.commands.executeCommand('workbench.action.files.save'));
    await dirty(false);
    assert.equal(read('list.jsonl'), lines.replace('one two', 'mine'));
  });

  test('go through an editor that has unsaved changes', async () => {
    const { id, items } = tierOf(await open(), 'manifest');
    const document = await vscode.workspace.openTextDocument(file('list.jsonl'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '\r\n');
    await vscode.workspace.applyEdit(edit);
    await ask({ edit: 'rename', tier: id, item: items[0]!.id, text: 'mine' });
    await answering('Save Both', () => vscode.commands.executeCommand('workbench.action.files.save'));
    await dirty(false);
    assert.equal(read('list.jsonl'), `\r\n${lines.replace('one two', 'mine')}`);
    assert.equal(document.isDirty, false);
  });
});

/** Runs something that asks the user once, with an answer; gives what was asked. */
async function answering(answer: string | undefined, run: () => Thenable<unknown>): Promise<string | undefined> {
  const { showWarningMessage } = vscode.window;
  let asked: string | undefined;
  const replaced = async (message: string) => {
    asked = message;
    return answer;
  };
  Object.assign(vscode.window, { showWarningMessage: replaced });
  try {
    await Promise.resolve(run()).catch(() => {});
    return await eventually('the question', () => asked);
  } finally {
    Object.assign(vscode.window, { showWarningMessage });
  }
}

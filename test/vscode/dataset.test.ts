import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import * as vscode from 'vscode';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { eventually } from '../eventually.ts';
import { workspaceFolder } from './support/workspace.ts';

const folder = () => path.join(workspaceFolder(), 'data set');
const tone = (seconds: number) =>
  writeWav([Float32Array.from({ length: 8000 * seconds }, (_, i) => 0.5 * Math.sin(i / 3))], 8000);
const lines = (entries: object[]) => `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`;

function write(name: string, content: string | Uint8Array): vscode.Uri {
  const file = path.join(folder(), name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return vscode.Uri.file(file);
}

/** What this extension says of a line; others may say more. */
async function hoverAt(uri: vscode.Uri, line: number): Promise<string> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  return eventually(`the hover of ${path.basename(uri.fsPath)}:${line}`, async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      uri,
      new vscode.Position(line - 1, 3),
    );
    const texts = hovers.flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value));
    return texts.find((text) => text.includes('asr.openRecording'));
  });
}

/** By line; the editor's own order is that in which they were resolved. */
const lensesOf = async (uri: vscode.Uri) =>
  (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10)).sort(
    (a, b) => a.range.start.line - b.range.start.line,
  );

const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

suite('data sets as documents', () => {
  let manifest: vscode.Uri;
  suiteSetup(() => {
    write('wav/1-2-0.wav', tone(1));
    write('wav/two.wav', tone(2));
    manifest = write(
      'all.jsonl',
      lines([
        { audio_filepath: 'wav/1-2-0.wav', text: 'GO ON', duration: 1, speaker: 'anna' },
        { audio_filepath: 'wav/two.wav', text: 'STOP' },
        { audio_filepath: 'wav/gone.wav', text: 'GONE' },
        ...Array.from({ length: 17 }, (_, i) => ({
          ...{ audio_filepath: 'wav/two.wav', offset: 0.1 * i, duration: 0.1, text: 'A', speaker: `s${i}` },
        })),
      ]),
    );
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(folder(), { recursive: true, force: true });
  });

  test('a line of a manifest shows its recording', async () => {
    const text = await hoverAt(manifest, 1);
    assert.match(text, /!\[spectrogram\]\(data:image\/png;base64,iVBORw0KGgo/);
    assert.match(text, /\*\*1\.00 s\*\* · 8000 Hz, pcm\\-s16, 1 channel · mean -9\.0 dBFS, peak -6\.0 dBFS/);
    assert.match(text, /5 characters · 2 words · 5\.0 characters\/s · speaker anna/);
    assert.match(text, /command:asr\.playRecording\?.*two|command:asr\.playRecording\?.*1-2-0\.wav/);
    // Longer texts are cut by the editor.
    assert.ok(text.length < 100_000, String(text.length));
    assert.match(await hoverAt(manifest, 3), /\*\*Cannot be read\*\*: there is no such file/);
  });

  test('so do lines of other lists', async () => {
    const trans = write('wav/1-2.trans.txt', '1-2-0 GO ON\n');
    assert.match(await hoverAt(trans, 1), /\*\*1\.00 s\*\*.*\n\n5 characters · 2 words/);
    const table = write('table.tsv', 'client_id\tpath\tsentence\nc1\twav/two.wav\tgo\n');
    assert.match(await hoverAt(table, 2), /\*\*2\.00 s\*\*.*\n\n2 characters .* speaker c1/);
    write('kaldi/wav.scp', `u1 ${path.join(folder(), 'wav/two.wav')}\n`);
    write('kaldi/segments', 's1 u1 0.5 1.25\n');
    const kaldi = write('kaldi/text', 's1 GO\n');
    assert.match(await hoverAt(kaldi, 1), /\*\*0\.75 s\*\*/);
  });

  test('what is typed counts before it is saved', async () => {
    const copy = write('typed.jsonl', fs.readFileSync(manifest.fsPath));
    await hoverAt(copy, 1);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(copy, new vscode.Position(0, 0), `${JSON.stringify({ audio_filepath: 'wav/two.wav', text: 'NEW' })}\n`);
    await vscode.workspace.applyEdit(edit);
    assert.match(await hoverAt(copy, 1), /\*\*2\.00 s\*\*/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('lenses come when they are wished for', async () => {
    await hoverAt(manifest, 1);
    const own = async () =>
      (await lensesOf(manifest)).filter(({ command }) => command?.command === 'asr.playRecording');
    assert.deepEqual(await own(), []);
    const settings = vscode.workspace.getConfiguration();
    await settings.update('asr.data.codeLens', true, vscode.ConfigurationTarget.Workspace);
    const titles = await eventually('the lenses', async () => {
      const found = await own();
      return found.length > 0 ? found.map(({ command }) => command!.title) : undefined;
    });
    assert.deepEqual(titles.slice(0, 3), ['$(play) 1.00 s', '$(play) 2.00 s', '$(play)']);
    await settings.update('asr.data.codeLens', undefined, vscode.ConfigurationTarget.Workspace);
  });

  test('a recording opens as a spectrogram', async () => {
    await vscode.commands.executeCommand('asr.playRecording', path.join(folder(), 'wav/two.wav'));
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    assert.ok(activeTab?.input instanceof vscode.TabInputCustom);
    assert.equal(activeTab.input.viewType, 'asr.spectrogram');
  });

  test('statistics open as a tab named after the manifests', async () => {
    await vscode.commands.executeCommand('asr.showStatistics', manifest);
    const tab = await eventually('the tab', () => tabs().find(({ label }) => label === 'Statistics: all.jsonl'));
    assert.ok(tab.input instanceof vscode.TabInputWebview);
    assert.match(tab.input.viewType, /asr\.statistics$/);
  });

  test('a folder of recordings becomes manifests, a box at a time', async () => {
    for (let i = 0; i < 6; i++) write(`corpus/yes_s${i % 3}_${i}.wav`, tone(1));
    const done = vscode.commands.executeCommand('asr.prepareDataset', vscode.Uri.file(path.join(folder(), 'corpus')));
    const file = (name: string) => path.join(folder(), 'corpus', name);
    // The first choice of each box: a folder, beside the recordings, train and dev.
    await eventually('the manifests', async () => {
      if (fs.existsSync(file('dev.jsonl'))) return true;
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return undefined;
    });
    await done;
    const speakers = ['train', 'dev'].map(
      (name) => new Set(fs.readFileSync(file(`${name}.jsonl`), 'utf8').match(/"speaker":"\w+"/g)),
    );
    assert.deepEqual(
      speakers.map(({ size }) => size),
      [2, 1],
    );
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, file('train.jsonl'));
  });

  test('a split writes manifests and shows their table', async () => {
    const source = write(
      'split/all.jsonl',
      fs
        .readFileSync(manifest.fsPath, 'utf8')
        .replaceAll('wav/', '../wav/')
        .replace('"STOP"', '"STOP", "speaker": "bo"')
        .replace(/.*gone.*\n/, ''),
    );
    const before = fs.readFileSync(source.fsPath, 'utf8');
    const done = vscode.commands.executeCommand('asr.splitDataset', source);
    const file = (name: string) => path.join(folder(), 'split', name);
    // Each box appears with an answer that can be taken.
    await eventually('the parts', async () => {
      if (fs.existsSync(file('test.jsonl'))) return true;
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return undefined;
    });
    await done;
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'asr-split');
    assert.match(document.getText(), /Speakers in several parts: 0\./);
    const parts = ['train', 'dev', 'test'].map((name) =>
      fs
        .readFileSync(file(`${name}.jsonl`), 'utf8')
        .trim()
        .split('\n'),
    );
    assert.deepEqual(parts.flat().sort(), before.trim().split('\n').sort());
    assert.equal(fs.readFileSync(source.fsPath, 'utf8'), before);
  });
});

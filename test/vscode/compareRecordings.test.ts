import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import * as vscode from 'vscode';
import { toneWav } from '../toneModel.ts';
import { workspaceFolder } from './support/workspace.ts';

const folder = () => path.join(workspaceFolder(), 'beside');
const uriOf = (name: string) => vscode.Uri.file(path.join(folder(), name));

/** Names of the spectrograms that are seen, by their group. */
const seen = () =>
  vscode.window.tabGroups.all.map(({ activeTab }) =>
    activeTab?.input instanceof vscode.TabInputCustom && activeTab.input.viewType === 'asr.spectrogram'
      ? path.basename(activeTab.input.uri.path)
      : undefined,
  );

suite('recordings side by side', () => {
  suiteSetup(async () => {
    fs.mkdirSync(folder(), { recursive: true });
    fs.writeFileSync(path.join(folder(), 'one.wav'), toneWav(['seven', 'two']));
    fs.writeFileSync(path.join(folder(), 'two.wav'), toneWav(['nine']));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(folder(), { recursive: true, force: true });
  });

  test('two that are selected in the Explorer open in groups of their own', async () => {
    const [one, two] = [uriOf('one.wav'), uriOf('two.wav')];
    await vscode.commands.executeCommand('asr.compareRecordings', two, [one, two]);
    assert.deepEqual(seen(), ['one.wav', 'two.wav']);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('one opens twice for two pictures of it', async () => {
    await vscode.commands.executeCommand('asr.comparePictures', uriOf('one.wav'));
    assert.deepEqual(seen(), ['one.wav', 'one.wav']);
  });
});

import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import type { Workbench } from '../../src/extension/main.ts';
import { eventually } from '../eventually.ts';
import { writeToneConfig } from '../faults/toneCorpus.ts';
import { workspaceFolder } from './support/workspace.ts';

const key = 'optimizer.learningRate';

suite('sweeps', () => {
  test('ASR: Sweep trains the trials in a task, its table opens, and the best value is known', async function () {
    this.timeout(300_000);
    const folder = path.join(workspaceFolder(), 'sweep');
    fs.mkdirSync(folder, { recursive: true });
    const file = writeToneConfig(folder, 2, { training: { epochs: 2, batchSeconds: 1, threads: 1 } });
    const extension = vscode.extensions.all.find(({ packageJSON }) => packageJSON.name === 'asr-workbench');
    const { sweeps, runs } = (await extension!.activate()) as Workbench;
    await vscode.commands.executeCommand('asr.sweep', vscode.Uri.file(file), { keys: [`${key}=0.02,0.04`], epochs: 1 });
    const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    await eventually('the table', () => labels().find((label) => label === 'Sweep tones: learningRate'), 120_000);
    const done = await eventually(
      'the end of the sweep',
      () => sweeps.list.find(({ active, record }) => !active && record.end === 'done'),
      240_000,
    );
    const { record, directory } = done;
    assert.deepEqual(
      record.trials.map(({ state, wers }) => [state, wers.length]),
      [
        ['done', 1],
        ['done', 1],
      ],
    );
    const best = sweeps.bestValueOf(file, key);
    assert.ok(best && ['0.02', '0.04'].includes(best.value), JSON.stringify(best));
    assert.deepEqual([best.trials, best.directory], [2, directory]);
    await runs.refresh(path.dirname(directory));
    const trials = runs.list.filter((run) => run.sweep?.name === path.basename(directory));
    assert.deepEqual(trials.map(({ name }) => name).sort(), ['learningRate 0.02', 'learningRate 0.04']);
    assert.equal(sweeps.of(trials[0]!)?.directory, directory);
  });

  test('an experiment without a dev manifest is not swept over', async () => {
    const uri = vscode.Uri.file(path.join(workspaceFolder(), 'nodev.asr.yaml'));
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('data: { train: [x.jsonl] }\n'));
    // The command waits for nobody's answer to its message.
    void vscode.commands.executeCommand('asr.sweep', uri, { keys: [`${key}=1e-3,1e-2`] });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const folder = path.join(workspaceFolder(), 'runs');
    const made = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.includes('-sweep-')) : [];
    assert.deepEqual(made, []);
  });
});

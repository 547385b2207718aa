import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import type { Workbench } from '../../src/extension/main.ts';
import { findLockOwner } from '../../src/training/run/lock.ts';
import { eventually } from '../eventually.ts';
import { writeToneConfig } from '../faults/toneCorpus.ts';
import { workspaceFolder } from './support/workspace.ts';

const key = 'optimizer.learningRate';

async function workbench(): Promise<Workbench> {
  const extension = vscode.extensions.all.find(({ packageJSON }) => packageJSON.name === 'asr-workbench');
  return (await extension!.activate()) as Workbench;
}

suite('sweeps', () => {
  test('ASR: Sweep trains the trials in a task, its table opens, and the best value is known', async function () {
    this.timeout(300_000);
    const folder = path.join(workspaceFolder(), 'sweep');
    fs.mkdirSync(folder, { recursive: true });
    const file = writeToneConfig(folder, 2, { training: { epochs: 2, batchSeconds: 1, threads: 1 } });
    const { sweeps, runs } = await workbench();
    await vscode.commands.executeCommand('asr.sweep', vscode.Uri.file(file), { keys: [`${key}=0.02,0.04`], epochs: 1 });
    const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    await eventually('the table', () => labels().find((label) => label === 'Sweep tones: learningRate'), 120_000);
    const done = await eventually(
      'the end of the sweep',
      () => sweeps.list.find(({ active, record }) => record.configFile === file && !active && record.end === 'done'),
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

  test('a sweep whose process was killed goes on, and repeats nothing', async function () {
    this.timeout(300_000);
    const folder = path.join(workspaceFolder(), 'killed');
    fs.mkdirSync(folder, { recursive: true });
    const file = writeToneConfig(folder, 2, { training: { epochs: 2, batchSeconds: 1, threads: 1 } });
    const { sweeps } = await workbench();
    const own = () => sweeps.list.find(({ record }) => record.configFile === file);
    await vscode.commands.executeCommand('asr.sweep', vscode.Uri.file(file), { keys: ['seed=1,2,3,4'] });
    const first = await eventually('the first trial', () => {
      const sweep = own();
      return sweep?.active && sweep.record.trials[0]!.state === 'done' ? sweep : undefined;
    });
    process.kill(findLockOwner(first.directory)!.pid, 'SIGKILL');
    const dead = await eventually('its death', () => (own()?.active ? undefined : own()));
    assert.equal(dead.record.end, undefined);
    const events = path.join(path.dirname(first.directory), first.record.trials[0]!.run, 'events.jsonl');
    const before = fs.readFileSync(events, 'utf8');
    await vscode.commands.executeCommand('asr.resumeSweep', first.directory);
    await eventually('the end', () => (own()?.record.end === 'done' ? true : undefined), 240_000);
    assert.deepEqual(
      own()!.record.trials.map(({ state }) => state),
      ['done', 'done', 'done', 'done'],
    );
    assert.equal(fs.readFileSync(events, 'utf8'), before);
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

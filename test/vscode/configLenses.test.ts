import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, suiteSetup, test } from 'mocha';
import * as vscode from 'vscode';
import { writeWav } from '../../src/dsp/writeWav.ts';
import type { EngineEvent } from '../../src/shared/run/events.ts';
import { eventually } from '../eventually.ts';
import { workspaceFolder, writeExperiment } from './support/workspace.ts';

const text = `# what stands above each block
version: 1
name: facts
data: { train: [facts.jsonl], dev: [facts-dev.jsonl] }
features: { hopSamples: 160 }
augment: { speed: [0.9, 1, 1.1] }
model:
  dropout: 0.2
optimizer: { learningRate: 7.0e-4 }
schedule: { type: oneCycle }
training: { epochs: 3, batchSeconds: 4 }
`;

const place = (name: string) => path.join(workspaceFolder(), name);

/** Ten recordings of a second; one is too short for what is said in it. */
function writeData(): void {
  fs.mkdirSync(place('facts'), { recursive: true });
  const lines = Array.from({ length: 10 }, (_, i) => {
    const samples = Float32Array.from({ length: i === 0 ? 1600 : 16_000 }, (_, t) => 0.3 * Math.sin(t / (5 + i)));
    fs.writeFileSync(place(`facts/${i}.wav`), writeWav([samples], 16_000));
    return JSON.stringify({ audio_filepath: `facts/${i}.wav`, text: 'HELLO THERE' });
  });
  fs.writeFileSync(place('facts.jsonl'), `${lines.join('\n')}\n`);
  fs.writeFileSync(place('facts-dev.jsonl'), `${lines[5]}\n`);
}

/** A run that ended, as an engine on this machine would have left it: 20 steps of 3 epochs in 18 s. */
function writeRun(config: string): void {
  const directory = place('runs/facts-20260102T030405Z');
  fs.mkdirSync(directory, { recursive: true });
  const timeMs = Date.UTC(2026, 0, 2);
  const record = { version: 1, name: 'facts', engine: '0.1.0', command: [], configFile: config, pid: 1, host: 'x' };
  fs.writeFileSync(path.join(directory, 'run.json'), JSON.stringify({ ...record, createdMs: timeMs }));
  fs.writeFileSync(path.join(directory, 'config.asr.yaml'), text);
  const started = { kind: 'started', step: 0, timeMs, epochs: 3, totalSteps: 20, parameters: 1, device: 'cpu' };
  const counts = { threads: 1, trainUtterances: 9, trainSec: 9, devUtterances: 1, skippedUtterances: 1 };
  const evaluated = { kind: 'evaluated', step: 20, timeMs: timeMs + 18_000, epoch: 2, wer: 0.123, cer: 0.05, loss: 1 };
  const step = { kind: 'step', step: 20, timeMs: timeMs + 17_000, epoch: 2, loss: 1, learningRate: 1e-4 };
  const measures = { gradientNorm: 1, audioSec: 4, durationMs: 900, waitMs: 0, paddingShare: 0, utterances: 3 };
  const events = [
    { ...started, ...counts },
    { ...step, ...measures },
    { ...evaluated, best: true, durationMs: 100, samples: [] },
    { kind: 'finished', step: 20, timeMs: timeMs + 18_000, reason: 'done' },
  ] as EngineEvent[];
  fs.writeFileSync(path.join(directory, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

/** Lenses by the line they stand above, parts between bars. */
async function linesOf(document: vscode.TextDocument): Promise<Map<string, string>> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
  const lines = new Map<string, string>();
  for (const { range, command } of found ?? []) {
    const key = document.lineAt(range.start).text.replace(/:.*/, '');
    lines.set(key, [...(lines.has(key) ? [lines.get(key)] : []), command?.title].join(' | '));
  }
  return lines;
}

const lensWith = (document: vscode.TextDocument, title: string) =>
  eventually(title, async () => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    return found?.find((lens) => lens.command?.title.includes(title))?.command;
  });

const click = ({ command, arguments: parameters = [] }: vscode.Command) =>
  vscode.commands.executeCommand(command, ...parameters);

suite('lenses of an experiment', () => {
  let document: vscode.TextDocument;

  suiteSetup(async () => {
    writeData();
    const uri = await writeExperiment('facts', text);
    writeRun(uri.fsPath);
    document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
  });

  test('say above each block what it amounts to, with the data and the runs there are', async () => {
    const lines = await eventually('all facts', async () => {
      const found = await linesOf(document);
      return found.get('training')?.includes('steps per epoch') && found.get('version')?.includes('last run')
        ? found
        : undefined;
    });
    const expected: Record<string, RegExp> = {
      version: /^\$\(play\) Train \| \$\(debug-alt\) Debug \| last run: dev WER 12\.3 % \(1 run\)$/,
      data: /^9 utterances · 9 s to train on · 1 left out: "HELLO THERE" needs 12 output frames/,
      features: /^100 frames\/s · 25 ms window · 80 values per frame \| mel filters \| what the model sees$/,
      augment: /^masks 2 × up to 10 frames \(100 ms\), 2 × up to 10 of 80 bins$/,
      model:
        /^3\.67 M parameters · 25 output frames\/s · feasible for 90\.0 % of 10 utterances \(fastest speed 1\.1\) \| receptive field 0\.20 s \| \d+ M MACs per second · ran on the CPU$/,
      optimizer: /^\$\(beaker\) range test \| \$\(table\) sweep \| best so far 0\.0007 \(WER 12\.3 %\)$/,
      schedule: /^\$\(graph-line\) plot \| ends at its lowest rate: yes$/,
      training:
        /^peak memory \d+ MiB · [\d.]+ steps per epoch · about 6 s per epoch here \(measured\) · padding \d+ %$/,
    };
    assert.deepEqual([...lines.keys()].sort(), Object.keys(expected).sort());
    for (const [block, pattern] of Object.entries(expected)) assert.match(lines.get(block)!, pattern);
  });

  test('a click draws the figure beside the text', async () => {
    for (const [title, label] of [
      ['$(graph-line) plot', 'Learning Rate'],
      ['mel filters', 'Mel Filters'],
      ['receptive field', 'Receptive Field'],
      ['frames/s', 'Output Frames per Second'],
    ] as const) {
      await click(await lensWith(document, title));
      await eventually(label, () => {
        const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
        return tabs.find((tab) => tab.input instanceof vscode.TabInputWebview && tab.label === label);
      });
    }
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, document.uri.fsPath);
  });

  test('a click starts the range test as a task', async () => {
    const started = new Promise<vscode.TaskExecution>((resolve) => {
      const listener = vscode.tasks.onDidStartTask(({ execution }) => {
        listener.dispose();
        resolve(execution);
      });
    });
    await click(await lensWith(document, 'range test'));
    const execution = await started;
    assert.equal(execution.task.definition.command, 'range-test');
    assert.deepEqual(execution.task.definition.args, ['--out', place('facts.range-test.json')]);
    execution.terminate();
  });

  test('follow the manifests', async () => {
    const lines = fs.readFileSync(place('facts.jsonl'), 'utf8').trim().split('\n');
    fs.writeFileSync(place('facts.jsonl'), `${lines.slice(1).join('\n')}\n`);
    await lensWith(document, 'feasible for 100 % of 9 utterances');
  });

  test('follow the text, and can be switched off', async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(4, 0, 4, 100), 'features: { hopSamples: 320 }');
    await vscode.workspace.applyEdit(edit);
    await lensWith(document, '50 frames/s');
    const settings = vscode.workspace.getConfiguration('asr.codeLens');
    await settings.update('enabled', false, vscode.ConfigurationTarget.Global);
    await eventually('no lens', async () => ((await linesOf(document)).size === 0 ? true : undefined));
    await settings.update('enabled', undefined, vscode.ConfigurationTarget.Global);
    await lensWith(document, 'Train');
  });
});

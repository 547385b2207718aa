import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { characterErrorRate } from '../../src/asr/errorRate.ts';
import { engineCommands, type Invocation } from '../../src/shared/contributions.ts';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../../src/shared/run/events.ts';
import { eventually } from '../eventually.ts';
import {
  recordedDigits,
  repository,
  smallModel,
  workspaceFolder,
  writeExperiment,
  writeManifest,
} from './support/workspace.ts';

/** Events of the newest run of an experiment, once there is one. */
function eventsOf(name: string): EngineEvent[] {
  const newest = newestRun(name);
  const file = newest && path.join(workspaceFolder(), 'runs', newest, 'events.jsonl');
  return file && fs.existsSync(file) ? parseEventLines(fs.readFileSync(file, 'utf8')).events : [];
}

function newestRun(name: string): string | undefined {
  const runs = path.join(workspaceFolder(), 'runs');
  if (!fs.existsSync(runs)) return undefined;
  const named = fs.readdirSync(runs).filter((run) => run.startsWith(`${name}-`));
  return named.sort().at(-1);
}

const finishedOf = (name: string, timeoutMs: number) =>
  eventually(`the end of ${name}`, () => eventsOf(name).find((event) => event.kind === 'finished'), timeoutMs);

suite('training', () => {
  test('tasks are offered for every experiment, and every command can be a task', async () => {
    await writeExperiment('offered', 'data: { train: [x.jsonl] }\n');
    const offered = await vscode.tasks.fetchTasks({ type: 'asr' });
    const names = offered.map((task) => task.name);
    for (const name of ['train offered.asr.yaml', 'lint offered.asr.yaml', 'runs', 'selftest'])
      assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);

    const written: Invocation[] = engineCommands.map((command) => ({
      command,
      config: 'offered.asr.yaml',
      model: 'runs/x',
    }));
    const folder = path.join(workspaceFolder(), '.vscode');
    fs.mkdirSync(folder, { recursive: true });
    const rows = written.map((row) => ({ type: 'asr', ...row, label: `my ${row.command}` }));
    fs.writeFileSync(path.join(folder, 'tasks.json'), JSON.stringify({ version: '2.0.0', tasks: rows }));
    const resolved = await eventually('tasks.json', async () => {
      const tasks = (await vscode.tasks.fetchTasks()).filter((task) => task.name.startsWith('my '));
      return tasks.length === written.length ? tasks : undefined;
    });
    for (const task of resolved) assert.equal(task.definition.type, 'asr');
    fs.rmSync(folder, { recursive: true });
  });

  test('problems that a task prints appear at their place', async () => {
    fs.writeFileSync(
      path.join(workspaceFolder(), 'torn.jsonl'),
      '{"audio_filepath": "a.wav", "text": "X"}\n{"audio_filepath"\n',
    );
    await writeExperiment('torn', 'name: torn\ndata: { train: [torn.jsonl] }\n');
    const tasks = await vscode.tasks.fetchTasks({ type: 'asr' });
    await vscode.tasks.executeTask(tasks.find((task) => task.name === 'lint torn.asr.yaml')!);
    const manifest = vscode.Uri.file(path.join(workspaceFolder(), 'torn.jsonl'));
    const found = await eventually('the problem', () =>
      vscode.languages.getDiagnostics(manifest).find(({ code }) => code === 'manifest-json'),
    );
    assert.equal(found.range.start.line, 1);
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
  });

  test('a config with an error does not start; its place is shown', async () => {
    const uri = await writeExperiment(
      'broken',
      'name: broken\ndata: { train: [x.jsonl] }\ntraining:\n  epochs: none\n',
    );
    // The command waits for an answer to its message, which nobody gives here.
    void vscode.commands.executeCommand('asr.train', uri);
    const editor = await eventually('the editor', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.uri.fsPath === uri.fsPath && !active.selection.isEmpty ? active : undefined;
    });
    assert.equal(editor.document.getText(editor.selection), 'none');
    assert.deepEqual(eventsOf('broken'), []);
  });

  test('ASR: Train learns recorded digits, and ASR: Transcribe File hears one', async function () {
    this.timeout(420_000);
    const digits = recordedDigits(this);
    const train = writeManifest(digits, 'train', 'train.jsonl', (name) =>
      /_(jackson|theo)_([0-9]|1[0-9])\.wav$/.test(name),
    );
    const dev = writeManifest(digits, 'train', 'dev.jsonl', (name) => /_(jackson|theo)_2[0-2]\.wav$/.test(name));
    const uri = await writeExperiment(
      'digits',
      `name: digits\ndata: { train: [${train}], dev: [${dev}] }\ntext: { case: lower, keep: "efghinorstuvwxz" }\n${smallModel}training: { epochs: 16, batchSeconds: 4, threads: 1 }\n`,
    );
    const ended = new Promise<number | undefined>((resolve) => {
      const subscription = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution.task.definition.config !== 'digits.asr.yaml') return;
        subscription.dispose();
        resolve(exitCode);
      });
    });
    await vscode.commands.executeCommand('asr.train', uri);
    const finished = await finishedOf('digits', 360_000);
    assert.equal(finished.kind === 'finished' && finished.reason, 'done', JSON.stringify(finished));
    assert.equal(await ended, 0);
    const steps = eventsOf('digits').filter((event) => event.kind === 'step');
    const [first, last] = [steps[0]!, steps.at(-1)!];
    assert.ok(last.loss < first.loss / 3, `loss ${first.loss} → ${last.loss}`);
    const evaluations = eventsOf('digits').filter((event) => event.kind === 'evaluated');
    assert.equal(evaluations.length, 16);
    const wer = Math.min(...evaluations.map((event) => event.wer));
    process.stdout.write(`digits: WER ${wer} on repetitions that were not trained on\n`);
    assert.ok(wer < 0.6, `WER ${wer}`);

    const names = ['jackson/7_jackson_25.wav', 'yweweler/3_yweweler_1.wav', 'yweweler/8_yweweler_2.wav'];
    const clips = names.map((name) => path.join(digits, 'wav', name));
    const shown = await vscode.commands.executeCommand<{ items: { text: string }[] }>(
      'asr.transcribeFile',
      undefined,
      clips.map((clip) => vscode.Uri.file(clip)),
    );
    const heard = shown.items.map(({ text }) => text);
    assert.ok(characterErrorRate([{ reference: 'seven', hypothesis: heard[0]! }]) <= 0.4, `heard "${heard[0]}"`);
    // The same text as on the command line, of speakers that were not trained on as well.
    const run = path.join(workspaceFolder(), 'runs', newestRun('digits')!);
    const printed = execFileSync(
      process.execPath,
      [path.join(repository(), 'dist/engine.js'), 'transcribe', run, ...clips, '--json'],
      { encoding: 'utf8', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
    );
    assert.deepEqual(
      (JSON.parse(printed) as { text: string }[]).map(({ text }) => text),
      heard,
    );
  });

  test('closing the terminal does not end a run; ASR: Stop Training does, with a checkpoint', async function () {
    this.timeout(300_000);
    const digits = recordedDigits(this);
    const train = writeManifest(digits, 'train', 'long.jsonl', (name) => /_theo_/.test(name));
    const uri = await writeExperiment(
      'endless',
      `name: endless\ndata: { train: [${train}] }\ntext: { case: lower, keep: "efghinorstuvwxz" }\n${smallModel}training: { epochs: 5000, batchSeconds: 8, threads: 1 }\n`,
    );
    const steps = () => eventsOf('endless').filter((event) => event.kind === 'step').length;
    await vscode.commands.executeCommand('asr.train', uri);
    await eventually('some steps', () => (steps() > 3 ? true : undefined), 60_000);
    const terminal = vscode.window.terminals.find(({ name }) => name.includes('train endless'));
    assert.ok(terminal, vscode.window.terminals.map(({ name }) => name).join(', '));
    const launcher = await terminal.processId;
    terminal.dispose();
    await eventually('the end of the launcher', () => (isAlive(launcher!) ? undefined : true));
    const before = steps();
    await eventually('more steps', () => (steps() > before + 3 ? true : undefined));

    await vscode.commands.executeCommand('asr.stopTraining');
    const finished = await finishedOf('endless', 60_000);
    assert.equal(finished.kind === 'finished' && finished.reason, 'stopped');
    assert.equal(eventsOf('endless').at(-2)?.kind, 'checkpoint');
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { parseExperiment } from '../../src/shared/config/parseExperiment.ts';
import { eventually } from '../eventually.ts';
import { recordedDigits, workspaceFolder } from './support/workspace.ts';

/** Accepts the name that the command suggests; the box appears when it does. */
async function newExperimentIn(folder: string, name: string): Promise<string> {
  const created = vscode.commands.executeCommand('asr.newExperiment', vscode.Uri.file(folder));
  const file = path.join(folder, `${name}.asr.yaml`);
  await eventually(file, async () => {
    if (fs.existsSync(file)) return true;
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return undefined;
  });
  await created;
  return fs.readFileSync(file, 'utf8');
}

suite('ASR: New Experiment', () => {
  test('writes an experiment that fits the manifests of the folder, and opens it', async function () {
    const digits = recordedDigits(this);
    const folder = path.join(workspaceFolder(), 'my numbers');
    fs.mkdirSync(folder);
    for (const name of ['train.jsonl', 'dev.jsonl']) fs.copyFileSync(path.join(digits, name), path.join(folder, name));
    const text = await newExperimentIn(folder, 'my-numbers');
    const { experiment, problems } = parseExperiment(text, 'x');
    assert.deepEqual(problems, []);
    assert.deepEqual(experiment?.data, { train: ['train.jsonl'], dev: ['dev.jsonl'], maxDurationSec: 20 });
    assert.deepEqual(experiment?.text, { case: 'lower', keep: 'efghinorstuvwxz' });
    assert.match(text, /# 1200 utterances, 8 min/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.path.endsWith('/my numbers/my-numbers.asr.yaml'), true);
    fs.rmSync(folder, { recursive: true });
  });

  test('takes the training manifest of a folder with others in it', async () => {
    const folder = path.join(workspaceFolder(), 'mixed');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'clip.wav'), writeWav([new Float32Array(800)], 8000));
    const line = `${JSON.stringify({ audio_filepath: 'clip.wav', text: 'HI THERE' })}\n`;
    for (const name of ['a-train.jsonl', 'a-validation.jsonl', 'a-test.jsonl'])
      fs.writeFileSync(path.join(folder, name), line);
    fs.writeFileSync(path.join(folder, 'other.jsonl'), '{"level": "info"}\n');
    const { experiment } = parseExperiment(await newExperimentIn(folder, 'mixed'), 'x');
    assert.deepEqual(experiment?.data.train, ['a-train.jsonl']);
    assert.deepEqual(experiment?.data.dev, ['a-validation.jsonl']);
    assert.deepEqual(experiment?.text, { case: 'upper', keep: 'EHIRT ' });
    fs.rmSync(folder, { recursive: true });
  });
});

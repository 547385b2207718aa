import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Context } from 'mocha';
import * as vscode from 'vscode';

/** The folder that the window was opened on. */
export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return folder.uri.fsPath;
}

/** The checkout under test. */
export const repository = (): string => process.env.ASR_TEST_ROOT ?? path.resolve(__dirname, '../../..');

/** Recorded digits; a test that needs them is skipped with a reason where they are absent, and fails in CI. */
export function recordedDigits(test: Context): string {
  const folder = path.resolve(repository(), '../shared/data/digits');
  if (fs.existsSync(path.join(folder, 'train.jsonl'))) return folder;
  assert.notEqual(process.env.CI, 'true', `the recorded digits are missing: ${folder}`);
  process.stdout.write(`skipped: no recorded digits in ${folder}\n`);
  test.skip();
}

/** Some utterances of one speaker as a manifest of the workspace; the recordings stay where they are. */
export function writeManifest(
  digits: string,
  from: 'train' | 'dev',
  name: string,
  choose: (text: string) => boolean,
): string {
  const lines = fs
    .readFileSync(path.join(digits, `${from}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  const chosen = lines
    .map((line) => JSON.parse(line) as { audio_filepath: string; text: string })
    .filter(({ audio_filepath }) => choose(path.basename(audio_filepath)))
    .map((entry) => JSON.stringify({ ...entry, audio_filepath: path.join(digits, entry.audio_filepath) }));
  assert.ok(chosen.length > 0);
  fs.writeFileSync(path.join(workspaceFolder(), name), `${chosen.join('\n')}\n`);
  return name;
}

export async function writeExperiment(name: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.file(path.join(workspaceFolder(), `${name}.asr.yaml`));
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

/** A model that is small enough to train within a test and large enough to learn ten words. */
export const smallModel = `
model:
  blocks: [{ channels: 8, pool: [2, 4] }, { channels: 16, pool: [1, 4] }]
  rnn: { hiddenSize: 48, layers: 1, projection: 0 }
  dropout: 0.1
augment: { speed: [1.0], timeMasks: { count: 0 }, frequencyMasks: { count: 0 } }
optimizer: { learningRate: 5.0e-3 }
`;

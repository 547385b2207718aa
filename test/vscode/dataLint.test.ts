import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { eventually } from '../eventually.ts';
import { workspaceFolder, writeExperiment } from './support/workspace.ts';

const folder = (): string => path.join(workspaceFolder(), 'lint data');

function writeTone(name: string, durationSec: number, sampleRateHz = 16_000, leadSec = 0): void {
  const lead = leadSec * sampleRateHz;
  const samples = Float32Array.from({ length: lead + durationSec * sampleRateHz }, (_, i) =>
    i < lead ? 0 : 0.4 * Math.sin(i * (0.05 + name.length / 1000)),
  );
  fs.mkdirSync(folder(), { recursive: true });
  fs.writeFileSync(path.join(folder(), name), writeWav([samples], sampleRateHz));
}

async function openData(name: string, content: string): Promise<vscode.TextDocument> {
  const file = path.join(folder(), name);
  fs.mkdirSync(folder(), { recursive: true });
  fs.writeFileSync(file, content);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return document;
}

const line = (audio_filepath: string, text: string, more: object = {}) =>
  JSON.stringify({ audio_filepath, text, ...more });

/** Waits for exactly these problems, as `line code`. */
async function problemsOf(uri: vscode.Uri, expected: string[]): Promise<vscode.Diagnostic[]> {
  let seen: string[] = [];
  const found = eventually('the problems', () => {
    const diagnostics = [...vscode.languages.getDiagnostics(uri)].sort(
      (a, b) => a.range.start.line - b.range.start.line || String(a.code).localeCompare(String(b.code)),
    );
    seen = diagnostics.map(({ range, code }) => `${range.start.line + 1} ${code}`);
    return seen.join() === expected.join() ? diagnostics : undefined;
  });
  return found.catch((error: unknown) => {
    throw new Error(`${expected.join(', ')} expected, seen: ${seen.join(', ')}`, { cause: error });
  });
}

async function fix(document: vscode.TextDocument, diagnostic: vscode.Diagnostic, title: RegExp): Promise<void> {
  const action = await eventually(`a fix ${title}`, async () => {
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      diagnostic.range,
    );
    return actions.find((one) => title.test(one.title));
  });
  if (action.edit) await vscode.workspace.applyEdit(action.edit);
  if (action.command) await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
}

suite('data', () => {
  test('problems of a manifest appear at their place; a transcript is normalised, which can be undone', async () => {
    writeTone('a.wav', 1);
    writeTone('bb.wav', 1);
    const text = [line('a.wav', 'hello  there '), line('gone.wav', 'x'), '{', line('bb.wav', 'fine')].join('\n');
    const document = await openData('spaces.jsonl', text);
    const found = await problemsOf(document.uri, ['1 text-spaces', '2 audio-missing', '3 manifest-json']);
    assert.equal(document.getText(found[0]!.range), '"hello  there "');
    assert.equal(document.getText(found[1]!.range), '"gone.wav"');
    await fix(document, found[0]!, /^Normalise to "hello there"$/);
    assert.equal(document.lineAt(0).text, line('a.wav', 'hello there'));
    await problemsOf(document.uri, ['2 audio-missing', '3 manifest-json']);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), text);
    await problemsOf(document.uri, ['1 text-spaces', '2 audio-missing', '3 manifest-json']);
    await fix(document, found[1]!, /^Exclude from training$/);
    assert.equal(document.lineAt(1).text, '{"audio_filepath":"gone.wav","text":"x","exclude":true}');
    await problemsOf(document.uri, ['1 text-spaces', '3 manifest-json']);
    await vscode.workspace.save(document.uri);
  });

  test('an experiment that is open asks more of its data; a recording is resampled to a copy', async () => {
    writeTone('slow.wav', 1, 8000);
    const manifest = await openData('rate.jsonl', line('slow.wav', 'YES!', { duration: 1 }));
    await problemsOf(manifest.uri, []);
    const config = await writeExperiment('dataLint', 'data: { train: ["lint data/rate.jsonl"] }\n');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(config));
    await problemsOf(config, ['1 no-dev', '1 no-utterance']);
    const [oov] = await problemsOf(manifest.uri, ['1 oov', '1 rate-mismatch']);
    await vscode.window.showTextDocument(manifest);
    await fix(manifest, oov!, /^Normalise to "YES"$/);
    const [rate] = await problemsOf(manifest.uri, ['1 rate-mismatch']);
    await fix(manifest, rate!, /^Resample a copy to 16000 Hz$/);
    await problemsOf(manifest.uri, []);
    assert.equal(manifest.getText(), line('slow.16000Hz.wav', 'YES', { duration: 1 }));
    const copy = fs.readFileSync(path.join(folder(), 'slow.16000Hz.wav'));
    assert.equal(copy.readUInt32LE(24), 16_000);
    assert.equal(copy.length, 44 + 2 * 16_000);
    await problemsOf(config, ['1 no-dev']);
    await vscode.workspace.save(manifest.uri);
  });

  test('an experiment says which of its manifests is not there; one without any is a draft', async () => {
    const config = await writeExperiment('half', 'data: { train: ["lint data/rate.jsonl"], dev: [gone.jsonl] }\n');
    const document = await vscode.workspace.openTextDocument(config);
    const [missing] = await problemsOf(config, ['1 manifest-missing']);
    assert.equal(document.getText(missing!.range), 'gone.jsonl');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(config, new vscode.Range(0, 0, 0, 99), 'data: { train: [later.jsonl] }');
    await vscode.workspace.applyEdit(edit);
    await problemsOf(config, ['1 no-dev']);
    await vscode.workspace.save(config);
  });

  test('silence around a recording is trimmed in a copy', async () => {
    writeTone('late.wav', 1, 16_000, 3);
    const document = await openData('trim.jsonl', line('late.wav', 'yes', { duration: 4 }));
    const [edge] = await problemsOf(document.uri, ['1 edge-silence']);
    await fix(document, edge!, /^Trim the silence/);
    await problemsOf(document.uri, []);
    assert.equal(document.getText(), line('late.trimmed.wav', 'yes', { duration: 1.2 }));
    await vscode.workspace.save(document.uri);
  });

  test('the whole workspace is checked on demand, tables and Kaldi directories too', async () => {
    writeTone('dddd.wav', 1);
    const table = path.join(folder(), 'table.tsv');
    fs.writeFileSync(table, 'path\tsentence\ndddd.wav\tyes\nmissing.wav\tno\n');
    fs.writeFileSync(path.join(folder(), 'wav.scp'), 'u1 dddd.wav\nu2 dddd.wav |\n');
    fs.writeFileSync(path.join(folder(), 'text'), 'u1  yes\nu3 no\n');
    void vscode.commands.executeCommand('asr.checkData');
    const [missing] = await problemsOf(vscode.Uri.file(table), ['3 audio-missing']);
    assert.equal(missing!.source, 'asr');
    await problemsOf(vscode.Uri.file(path.join(folder(), 'wav.scp')), ['2 kaldi-command', '2 text-missing']);
    await problemsOf(vscode.Uri.file(path.join(folder(), 'text')), ['1 text-spaces', '2 audio-missing']);
  });
});

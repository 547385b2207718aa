import * as assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { eventually } from '../eventually.ts';
import { writeExperiment } from './support/workspace.ts';

const text = `# a comment
version: 1
name: lenses
data:
  train: [train.jsonl]
  dev: [dev.jsonl]
features:
  mels: 64
  hopSamples: 100x
model:
  dropuot: 0.2
`;

async function open(name: string, content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(await writeExperiment(name, content));
  await vscode.window.showTextDocument(document);
  return document;
}

const diagnosticsOf = (document: vscode.TextDocument, count: number) =>
  eventually(`${count} problems`, () => {
    const found = vscode.languages.getDiagnostics(document.uri);
    return found.length === count ? found : undefined;
  });

/** The extension may still be activating. */
const lensesOf = (document: vscode.TextDocument) =>
  eventually('the CodeLens', async () => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      10,
    );
    return found.length > 0 ? found : undefined;
  });

suite('experiment files', () => {
  test('are a language of their own', async () => {
    const document = await open('language', text);
    assert.equal(document.languageId, 'asr-config');
  });

  test('problems appear at their place and go when mended', async () => {
    const document = await open('problems', text);
    const found = await diagnosticsOf(document, 2);
    const [value, key] = found.sort((a, b) => a.range.start.line - b.range.start.line);
    assert.equal(document.getText(value!.range), '100x');
    assert.equal(value!.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(key!.range), 'dropuot');
    assert.match(key!.message, /did you mean "dropout"/);

    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      key!.range,
    );
    const fix = actions.find((action) => action.title === 'Change to dropout');
    assert.ok(fix?.edit, actions.map((action) => action.title).join(', '));
    await vscode.workspace.applyEdit(fix.edit);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, value!.range, '160');
    await vscode.workspace.applyEdit(edit);
    await diagnosticsOf(document, 0);
  });

  test('what is unwise is a warning, with a fix that sets keys and keeps comments', async () => {
    const wise = text.replace('100x', '160').replace('dropuot', 'dropout');
    const document = await open('unwise', wise.replace('mels: 64', 'mels: 64 # bands\n  reference: max'));
    const [warning] = await diagnosticsOf(document, 1);
    assert.equal(warning!.code, 'ref-max');
    assert.equal(warning!.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(document.getText(warning!.range), 'max');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      warning!.range,
    );
    const fix = actions.find((action) => action.title.startsWith('Set features.reference to fixed'));
    assert.ok(fix?.edit, actions.map((action) => action.title).join(', '));
    await vscode.workspace.applyEdit(fix.edit);
    await diagnosticsOf(document, 0);
    assert.match(document.getText(), /^# a comment\n/);
    assert.match(document.getText(), /mels: 64 # bands\n {2}reference: fixed\n/);
  });

  test('offer training and say what the model amounts to', async () => {
    const document = await open('lenses', text.replace('100x', '160').replace('dropuot', 'dropout'));
    const lenses = await lensesOf(document);
    assert.deepEqual(
      lenses.map((lens) => document.lineAt(lens.range.start).text),
      ['version: 1', 'model:'],
    );
    assert.equal(lenses[0]!.command?.title, '$(play) Train');
    assert.equal(lenses[0]!.command?.command, 'asr.train');
    assert.match(lenses[1]!.command?.title ?? '', /^\d[\d.]* [kM] parameters · 25 output frames\/s/);
  });

  test('keys are explained and completed', async () => {
    const document = await open('help', 'data: { train: [x.jsonl] }\nmodel:\n  norm: batch\n  \n');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(2, 3),
    );
    const hover = hovers
      .flatMap(({ contents }) => contents as vscode.MarkdownString[])
      .map(({ value }) => value)
      .join();
    assert.match(hover, /\*\*model\.norm\*\*/);
    assert.match(hover, /Default: `"batch"`/);
    const complete = async (line: number, column: number) => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        new vscode.Position(line, column),
      );
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const keys = await complete(3, 2);
    for (const key of ['blocks', 'rnn', 'dropout']) assert.ok(keys.includes(key), keys.join());
    assert.ok(!keys.includes('epochs'));
    assert.deepEqual((await complete(2, 8)).sort(), ['batch', 'layer', 'none']);
  });
});

import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { eventually } from '../eventually.ts';
import { workspaceFolder, writeExperiment } from './support/workspace.ts';

const text = `# a comment
version: 1
name: lenses
data:
  train: [unwritten.jsonl]
  dev: [unwritten-dev.jsonl]
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

  test('one fix corrects the recipe and touches nothing else', async () => {
    const before = `# the guide\npreset: article   # as it is\ndata: {train: [ unwritten.jsonl ], dev: [unwritten-dev.jsonl]}\n\n\nname:   recipe\n`;
    const document = await open('recipe', before);
    const found = await eventually('the problems', () => {
      const all = vscode.languages.getDiagnostics(document.uri);
      return all.length > 10 ? all : undefined;
    });
    const rate = found.find(({ code }) => code === 'frame-rate')!;
    assert.equal(document.getText(rate.range), 'article');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      rate.range,
    );
    const fix = actions.find((action) => action.title === 'Correct the recipe (7 keys)');
    assert.ok(fix?.edit, actions.map((action) => action.title).join(', '));
    await vscode.workspace.applyEdit(fix.edit);
    assert.ok(document.getText().startsWith(before), document.getText());
    assert.match(document.getText(), /\nfeatures:\n {2}hopSamples: 160\n/);
    await eventually('nothing but remarks', () =>
      vscode.languages
        .getDiagnostics(document.uri)
        .every(({ severity }) => severity === vscode.DiagnosticSeverity.Information)
        ? true
        : undefined,
    );
  });

  test('sections are outlined, manifests are links, samples are told in milliseconds', async () => {
    const document = await open('outline', text.replace('100x', '160').replace('dropuot', 'dropout'));
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    assert.deepEqual(
      symbols.map(({ name, detail, children }) => [name, detail, children.map((child) => child.name)]),
      [
        ['version', '1', []],
        ['name', 'lenses', []],
        ['data', '', ['train', 'dev']],
        ['features', '', ['mels', 'hopSamples']],
        ['model', '', ['dropout']],
      ],
    );
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
    );
    assert.deepEqual(
      links.map((link) => [document.getText(link.range), path.basename(link.target!.fsPath)]),
      [
        ['unwritten.jsonl', 'unwritten.jsonl'],
        ['unwritten-dev.jsonl', 'unwritten-dev.jsonl'],
      ],
    );
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      document.uri,
      new vscode.Range(0, 0, document.lineCount, 0),
    );
    assert.deepEqual(
      hints.map(({ label, position }) => [label, position.line]),
      [['= 10 ms', 8]],
    );
  });

  test('keys are explained and completed', async () => {
    const document = await open('help', 'data: { train: [x.jsonl] }\nmodel:\n  norm: batch\n  \n');
    // The extension may still be activating.
    const hover = await eventually('the hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(2, 3),
      );
      const texts = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]).map(({ value }) => value);
      return texts.join() || undefined;
    });
    assert.match(hover, /\*\*model\.norm\*\*/);
    assert.match(hover, /Default: `"batch"`/);
    assert.match(hover, /Effect: batch learns fastest/);
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
    // Of another section, and there already.
    for (const key of ['epochs', 'norm']) assert.ok(!keys.includes(key), keys.join());
    assert.deepEqual((await complete(2, 8)).sort(), ['batch', 'layer', 'none']);
  });

  test('usual values come with their reason, files as they lie beside the config', async () => {
    const manifest = vscode.Uri.file(path.join(workspaceFolder(), 'corpus', 'some train.jsonl'));
    await vscode.workspace.fs.writeFile(manifest, new Uint8Array(0));
    const document = await open('values', 'preset: \nfeatures:\n  hopSamples: \ndata: { train: [] }\n');
    const complete = async (line: number, column: number) => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        new vscode.Position(line, column),
      );
      return new Map(items.map((item) => [typeof item.label === 'string' ? item.label : item.label.label, item]));
    };
    assert.equal((await complete(2, 14)).get('160')?.detail, '10 ms at 16 kHz · default');
    assert.match((await complete(0, 8)).get('conformer-small')?.detail ?? '', /GPUs/);
    const file = await eventually('the file', async () => (await complete(3, 16)).get('corpus/some train.jsonl'));
    assert.equal(file.insertText, '"corpus/some train.jsonl"');
  });
});

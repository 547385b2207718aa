import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { eventually } from '../../eventually.ts';
import { workspaceFolder, writeExperiment } from '../support/workspace.ts';

const text = 'name: untrusted\ndata: { train: [train.jsonl] }\nmodel:\n  dropout: 0.2\n';

/** Processes below the extension host, threads not counted. */
function childProcesses(): string[] {
  const children = execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return children.split('\n').filter((line) => line !== '' && !line.startsWith('ps -o') && !isShellOfVsCode(line));
}

/** VS Code's own features run a shell now and then; the extension never does. */
const isShellOfVsCode = (line: string) =>
  /^\[sh\] <defunct>$|^\/bin\/sh -c ls -l \/proc\/|^\/bin\/sh -c .*ps -ax/.test(line);

suite('a workspace that is not trusted', () => {
  test('is one here', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  test('still shows problems and facts of experiments, but offers no training', async () => {
    const document = await vscode.workspace.openTextDocument(await writeExperiment('untrusted', text));
    await vscode.window.showTextDocument(document);
    // The extension may still be activating.
    const lenses = await eventually('the CodeLens', async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
        10,
      );
      const known = found.filter((lens) => lens.command?.title.includes('parameters'));
      return known.length > 0 ? [...known, ...found] : undefined;
    });
    const titles = lenses.map((lens) => lens.command?.title ?? '');
    assert.match(titles[0]!, /^[\d.]+ [kM] parameters · 25 output frames\/s/);
    assert.deepEqual(
      titles.filter((title) => /Train|Debug|range test/.test(title)),
      [],
    );
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(3, 2, 3, 9), 'dropuot');
    await vscode.workspace.applyEdit(edit);
    await eventually('the problem', () =>
      vscode.languages.getDiagnostics(document.uri).length === 1 ? true : undefined,
    );
  });

  test('runs nothing: no task, no training, no process, no file', async () => {
    const before = childProcesses();
    const config = vscode.Uri.file(path.join(workspaceFolder(), 'untrusted.asr.yaml'));
    await vscode.workspace.fs.writeFile(config, new TextEncoder().encode(text));
    // VS Code itself asks for trust before it lists tasks or debugs, so the commands are what is left.
    for (const command of ['asr.train', 'asr.transcribeFile', 'asr.serveModel', 'asr.rangeTest', 'asr.debugTraining'])
      void vscode.commands.executeCommand(command, config);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    assert.deepEqual(
      vscode.tasks.taskExecutions.map(({ task }) => task.name),
      [],
    );
    assert.deepEqual(
      childProcesses().filter((line) => !before.includes(line)),
      [],
    );
    assert.ok(!fs.existsSync(path.join(workspaceFolder(), 'runs')));
  });

  test('does not take the path of an executable from the workspace', () => {
    const folder = path.join(workspaceFolder(), '.vscode');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ 'asr.engine.nodePath': '/tmp/evil' }));
    assert.equal(vscode.workspace.getConfiguration().get('asr.engine.nodePath'), '');
  });
});

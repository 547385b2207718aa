const { existsSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

/** What this window knows of its runs, in a file named after its extension host, where a test has made a place for it. */
exports.activate = async (context) => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const place = `${folder}-windows`;
  if (!folder || !existsSync(place)) return;
  const { runs } = await vscode.extensions.getExtension('asr-workbench.asr-workbench').activate();
  const write = () => {
    const file = join(place, `${process.pid}.json`);
    writeFileSync(`${file}.new`, JSON.stringify({ pid: process.pid, runs: runs.list }));
    renameSync(`${file}.new`, file);
  };
  const timer = setInterval(write, 250);
  context.subscriptions.push({ dispose: () => clearInterval(timer) });
};

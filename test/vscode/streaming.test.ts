import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { workspaceFolder } from './support/workspace.ts';

suite('streaming', () => {
  test('is simulated in a tab of its own, which names the recording once its page is there', async () => {
    const file = path.join(workspaceFolder(), 'a.wav');
    fs.writeFileSync(file, 'x');
    await vscode.commands.executeCommand('asr.simulateStreaming', vscode.Uri.file(file));
    for (let i = 0; i < 100; i++) {
      const labels = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
      if (labels.includes('Streaming: a.wav')) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.fail(JSON.stringify(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label))));
  });
});

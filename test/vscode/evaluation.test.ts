import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import { parseReport } from '../../src/shared/evaluation/parseReport.ts';
import { eventually } from '../eventually.ts';
import { toneModel, toneWav } from '../toneModel.ts';
import { workspaceFolder } from './support/workspace.ts';

suite('evaluation', () => {
  test('ASR: Evaluate Model scores a model in a task and opens its report', async function () {
    this.timeout(180_000);
    const folder = path.join(workspaceFolder(), 'evaluation');
    fs.mkdirSync(folder, { recursive: true });
    const model = path.join(folder, 'tones.onnx');
    const manifest = path.join(folder, 'said.jsonl');
    fs.writeFileSync(model, await toneModel());
    fs.writeFileSync(path.join(folder, 'a.wav'), toneWav(['seven', 'two', 'nine']));
    fs.writeFileSync(path.join(folder, 'b.wav'), toneWav(['two', 'two']));
    const lines = [
      { audio_filepath: 'a.wav', text: 'seven two nine' },
      { audio_filepath: 'b.wav', text: 'two nine two' },
    ];
    fs.writeFileSync(manifest, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await vscode.commands.executeCommand('asr.evaluateModel', vscode.Uri.file(model), manifest);
    const tab = await eventually(
      'the report',
      () =>
        vscode.window.tabGroups.all
          .flatMap(({ tabs }) => tabs)
          .find(({ label }) => label.startsWith('Report: tones-said-')),
      120_000,
    );
    assert.ok(tab.input instanceof vscode.TabInputWebview);
    const [written] = fs.readdirSync(path.join(folder, 'evaluations'));
    const parsed = parseReport(fs.readFileSync(path.join(folder, 'evaluations', written!, 'report.json'), 'utf8'));
    assert.ok('report' in parsed, JSON.stringify(parsed));
    const { scores, utterances } = parsed.report;
    assert.deepEqual(
      utterances.map(({ hypothesis }) => hypothesis),
      ['seven two nine', 'two two'],
    );
    assert.deepEqual(scores.words, { substitutions: 0, deletions: 1, insertions: 0, reference: 6 });
  });
});

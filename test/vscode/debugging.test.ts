import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite, test } from 'mocha';
import * as vscode from 'vscode';
import {
  recordedDigits,
  repository,
  smallModel,
  workspaceFolder,
  writeExperiment,
  writeManifest,
} from './support/workspace.ts';

interface StoppedFrame {
  session: vscode.DebugSession;
  source: string;
  line: number;
  evaluate(expression: string): Promise<string>;
}

/** Resolves when a session stops at a breakpoint. */
function nextStop(): { stopped: Promise<StoppedFrame>; dispose(): void } {
  let registration: vscode.Disposable;
  const stopped = new Promise<StoppedFrame>((resolve, reject) => {
    registration = vscode.debug.registerDebugAdapterTrackerFactory('*', {
      createDebugAdapterTracker: (session) => ({
        onDidSendMessage(message: { type: string; event?: string; body?: { reason?: string; threadId?: number } }) {
          if (message.event !== 'stopped' || message.body?.reason !== 'breakpoint') return;
          readFrame(session, message.body.threadId ?? 0).then(resolve, reject);
        },
      }),
    });
  });
  return { stopped, dispose: () => registration.dispose() };
}

async function readFrame(session: vscode.DebugSession, threadId: number): Promise<StoppedFrame> {
  const { stackFrames } = await session.customRequest('stackTrace', { threadId, levels: 1 });
  const [frame] = stackFrames as { id: number; line: number; source: { path: string } }[];
  return {
    session,
    source: frame!.source.path,
    line: frame!.line,
    evaluate: async (expression) =>
      (await session.customRequest('evaluate', { expression, frameId: frame!.id })).result,
  };
}

suite('debugging', () => {
  test('a breakpoint in the source of the training loop is hit, and a variable can be read', async function () {
    this.timeout(300_000);
    const digits = recordedDigits(this);
    const train = writeManifest(digits, 'train', 'debug.jsonl', (name) => /_theo_[0-3]\.wav$/.test(name));
    const config = await writeExperiment(
      'debugged',
      `name: debugged\ndata: { train: [${train}] }\ntext: { case: lower, keep: "efghinorstuvwxz" }\n${smallModel}training: { epochs: 3, batchSeconds: 8, threads: 1 }\n`,
    );
    const loop = path.join(repository(), 'src/training/loop.ts');
    const lines = fs.readFileSync(loop, 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('progress.step++'));
    assert.ok(line >= 0, 'the training loop counts its steps');
    const breakpoint = new vscode.SourceBreakpoint(
      new vscode.Location(vscode.Uri.file(loop), new vscode.Position(line, 2)),
    );
    vscode.debug.addBreakpoints([breakpoint]);
    const { stopped, dispose } = nextStop();
    try {
      const folder = vscode.workspace.workspaceFolders![0];
      const started = await vscode.debug.startDebugging(folder, {
        type: 'asr',
        request: 'launch',
        name: 'ASR: Debug Training',
        command: 'train',
        config: config.fsPath,
      });
      assert.equal(started, true);
      const frame = await stopped;
      assert.ok(frame.source.endsWith('src/training/loop.ts'), frame.source);
      assert.equal(frame.line, line + 1);
      assert.equal(await frame.evaluate('progress.step'), '0');
      assert.ok(Number(await frame.evaluate('result.loss')) > 0);
      assert.equal(await frame.evaluate('tools.experiment.training.epochs'), '3');
    } finally {
      dispose();
      vscode.debug.removeBreakpoints([breakpoint]);
      await vscode.debug.stopDebugging();
    }
    assert.ok(fs.existsSync(path.join(workspaceFolder(), 'runs')));
  });
});

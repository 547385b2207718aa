import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { type Channel, connect, type Remote } from '../../../shared/protocol/channel.ts';
import type { Scope } from '../../../shared/scope.ts';
import { workerPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { type LintOwner, type LintWorker, lintOwnerChecks } from './lintProtocol.ts';

/** The thread that checks data, started on first use; one that died is started again by the next question. */
export function createLintThread(
  scope: Scope,
  { extensionUri, storageUri, log }: Services,
  owner: LintOwner,
): () => Remote<LintWorker> {
  let channel: Channel<LintWorker> | undefined;
  let thread: Worker | undefined;
  const stop = () => {
    channel?.dispose();
    void thread?.terminate();
    channel = undefined;
    thread = undefined;
  };
  const start = (): Channel<LintWorker> => {
    // Without trust nothing is written, not even what would save time.
    const kept = vscode.workspace.isTrusted && storageUri?.scheme === 'file' ? storageUri : undefined;
    const worker = new Worker(vscode.Uri.joinPath(extensionUri, 'dist', 'lintWorker.js').fsPath, {
      workerData: kept ? { cacheFile: vscode.Uri.joinPath(kept, 'recordings.jsonl').fsPath } : {},
      resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 1024 },
    });
    worker.on('error', (error) => log.asr.error(`Checking data: ${error.stack ?? error.message}`));
    worker.once('exit', () => {
      if (thread === worker) stop();
    });
    worker.unref();
    thread = worker;
    return connect<LintOwner, LintWorker>(workerPort(worker), owner, lintOwnerChecks);
  };
  scope.add(stop);
  return () => {
    channel ??= start();
    return channel.remote;
  };
}

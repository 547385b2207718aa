import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import type * as vscode from 'vscode';
import type { AnalysisHost, AnalysisWorker } from '../../shared/protocol/analysis.ts';
import { type Channel, connect, type Remote } from '../../shared/protocol/channel.ts';
import type { Scope } from '../../shared/scope.ts';
import type { Log } from './log.ts';
import { workerPort } from './ports.ts';

export interface Analysis {
  /** The worker, started on first use. It reads no files and runs no model, so it also works without trust. */
  readonly worker: Remote<AnalysisWorker>;
}

export function createAnalysis(scope: Scope, extensionUri: vscode.Uri, log: Log): Analysis {
  let channel: Channel<AnalysisWorker> | undefined;
  let thread: Worker | undefined;
  const stop = () => {
    channel?.dispose();
    void thread?.terminate();
    channel = undefined;
    thread = undefined;
  };
  const start = (): Channel<AnalysisWorker> => {
    const worker = new Worker(path.join(extensionUri.fsPath, 'dist', 'analysisWorker.cjs'), {
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    worker.on('error', (error) => log.asr.error(`Analysis: ${error.stack ?? error.message}`));
    worker.once('exit', () => {
      // Whoever waits for a worker that died is told; the next question starts a new one.
      if (thread === worker) stop();
    });
    worker.unref();
    thread = worker;
    return connect<AnalysisHost, AnalysisWorker>(workerPort(worker), {}, {});
  };
  scope.add(stop);
  return {
    get worker() {
      channel ??= start();
      return channel.remote;
    },
  };
}

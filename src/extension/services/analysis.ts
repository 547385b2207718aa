import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { type AnalysisHost, type AnalysisWorker, analysisHostChecks } from '../../shared/protocol/analysis.ts';
import { type Channel, connect, type Remote } from '../../shared/protocol/channel.ts';
import type { Scope } from '../../shared/scope.ts';
import type { Log } from './log.ts';
import { workerPort } from './ports.ts';

export interface HeaderProgress {
  configFile: string;
  done: number;
  all: number;
}

export interface Analysis {
  /** The worker, started on first use. It reads manifests and headers and runs no model, so it also works without trust. */
  readonly worker: Remote<AnalysisWorker>;
  readonly onHeadersRead: vscode.Event<HeaderProgress>;
}

export function createAnalysis(scope: Scope, extensionUri: vscode.Uri, log: Log): Analysis {
  const headersRead = scope.add(new vscode.EventEmitter<HeaderProgress>());
  let channel: Channel<AnalysisWorker> | undefined;
  let thread: Worker | undefined;
  const stop = () => {
    channel?.dispose();
    void thread?.terminate();
    channel = undefined;
    thread = undefined;
  };
  const start = (): Channel<AnalysisWorker> => {
    const worker = new Worker(path.join(extensionUri.fsPath, 'dist', 'analysisWorker.js'), {
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    worker.on('error', (error) => log.asr.error(`Analysis: ${error.stack ?? error.message}`));
    worker.once('exit', () => {
      // Whoever waits for a worker that died is told; the next question starts a new one.
      if (thread === worker) stop();
    });
    worker.unref();
    thread = worker;
    const local: AnalysisHost = { headersRead: (configFile, done, all) => headersRead.fire({ configFile, done, all }) };
    return connect<AnalysisHost, AnalysisWorker>(workerPort(worker), local, analysisHostChecks);
  };
  scope.add(stop);
  return {
    onHeadersRead: headersRead.event,
    get worker() {
      channel ??= start();
      return channel.remote;
    },
  };
}

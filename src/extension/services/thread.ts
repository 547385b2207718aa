import { Worker, type WorkerOptions } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { Channel, Port, Remote } from '../../shared/protocol/channel.ts';
import type { Scope } from '../../shared/scope.ts';
import type { Log } from './log.ts';
import { workerPort } from './ports.ts';

export interface ThreadPlan<Far> {
  /** Bundle in `dist/`. */
  file: string;
  /** Names its failures in the log: "Analysis". */
  what: string;
  /** Asked at each start. */
  options(): WorkerOptions;
  connect(port: Port): Channel<Far>;
}

/**
 * A thread beside the extension, started on first use. Whoever waits for one that died is told; the next question starts
 * a new one.
 */
export function createThread<Far>(
  scope: Scope,
  { extensionUri, log }: { extensionUri: vscode.Uri; log: Log },
  plan: ThreadPlan<Far>,
): () => Remote<Far> {
  let channel: Channel<Far> | undefined;
  let thread: Worker | undefined;
  const stop = () => {
    channel?.dispose();
    void thread?.terminate();
    channel = undefined;
    thread = undefined;
  };
  const start = (): Channel<Far> => {
    const worker = new Worker(vscode.Uri.joinPath(extensionUri, 'dist', plan.file).fsPath, plan.options());
    worker.on('error', (error) => log.asr.error(`${plan.what}: ${error.stack ?? error.message}`));
    worker.once('exit', () => {
      if (thread === worker) stop();
    });
    worker.unref();
    thread = worker;
    return plan.connect(workerPort(worker));
  };
  scope.add(stop);
  return () => {
    channel ??= start();
    return channel.remote;
  };
}

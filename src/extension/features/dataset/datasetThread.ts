import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { type Channel, connect, type Remote } from '../../../shared/protocol/channel.ts';
import type { Scope } from '../../../shared/scope.ts';
import { workerPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { type DatasetOwner, type DatasetWorker, datasetOwnerChecks } from './workerProtocol.ts';

const unheard: DatasetOwner = { described: () => {}, progressed: () => {} };

/** A thread that reads data, started on first use; one that died is started again by the next question. */
export function createDatasetThread(
  scope: Scope,
  { extensionUri, log }: Services,
  owner: DatasetOwner = unheard,
): () => Remote<DatasetWorker> {
  let channel: Channel<DatasetWorker> | undefined;
  let thread: Worker | undefined;
  const stop = () => {
    channel?.dispose();
    void thread?.terminate();
    channel = undefined;
    thread = undefined;
  };
  const start = (): Channel<DatasetWorker> => {
    const worker = new Worker(vscode.Uri.joinPath(extensionUri, 'dist', 'datasetWorker.js').fsPath, {
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    worker.on('error', (error) => log.asr.error(`Reading data: ${error.stack ?? error.message}`));
    worker.once('exit', () => {
      if (thread === worker) stop();
    });
    worker.unref();
    thread = worker;
    return connect<DatasetOwner, DatasetWorker>(workerPort(worker), owner, datasetOwnerChecks);
  };
  scope.add(stop);
  return () => {
    channel ??= start();
    return channel.remote;
  };
}

import { connect, type Remote } from '../../../shared/protocol/channel.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';
import { createThread } from '../../services/thread.ts';
import { type DatasetOwner, type DatasetWorker, datasetOwnerChecks } from './workerProtocol.ts';

const unheard: DatasetOwner = { described: () => {}, progressed: () => {} };

/** A thread that reads data. */
export function createDatasetThread(
  scope: Scope,
  services: Services,
  owner: DatasetOwner = unheard,
): () => Remote<DatasetWorker> {
  return createThread<DatasetWorker>(scope, services, {
    file: 'datasetWorker.js',
    what: 'Reading data',
    options: () => ({ resourceLimits: { maxOldGenerationSizeMb: 1024 } }),
    connect: (port) => connect<DatasetOwner, DatasetWorker>(port, owner, datasetOwnerChecks),
  });
}

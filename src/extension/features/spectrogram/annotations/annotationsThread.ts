import { connect, type Remote } from '../../../../shared/protocol/channel.ts';
import type { Scope } from '../../../../shared/scope.ts';
import type { Services } from '../../../services/services.ts';
import { createThread } from '../../../services/thread.ts';
import type { AnnotationsWorker } from './annotationsProtocol.ts';

/** The thread that reads and writes labels and transcripts, beside the data. */
export function createAnnotationsThread(scope: Scope, services: Services): () => Remote<AnnotationsWorker> {
  return createThread<AnnotationsWorker>(scope, services, {
    file: 'annotationsWorker.js',
    what: 'Reading labels',
    options: () => ({ resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 } }),
    connect: (port) => connect<object, AnnotationsWorker>(port, {}, {}),
  });
}

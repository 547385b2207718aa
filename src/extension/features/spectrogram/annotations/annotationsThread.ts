import { connect, type Remote } from '../../../../shared/protocol/channel.ts';
import type { Scope } from '../../../../shared/scope.ts';
import type { Services } from '../../../services/services.ts';
import { createThread } from '../../../services/thread.ts';
import type { AnnotationsWorker } from './annotationsProtocol.ts';

/** A thread takes memory, and labels are read once and saved now and then. */
const idleMs = 20_000;

/** The thread that reads and writes labels and transcripts, beside the data. It ends when nobody has asked for a while. */
export function createAnnotationsThread(scope: Scope, services: Services): Remote<AnnotationsWorker> {
  let running: { own: Scope; remote: () => Remote<AnnotationsWorker> } | undefined;
  let asked = 0;
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    const own = scope.child();
    const remote = createThread<AnnotationsWorker>(own, services, {
      file: 'annotationsWorker.js',
      what: 'Reading labels',
      options: () => ({ resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 } }),
      connect: (port) => connect<object, AnnotationsWorker>(port, {}, {}),
    });
    return { own, remote };
  };
  const stop = () => {
    running?.own.dispose();
    running = undefined;
  };
  const ask = async <T>(call: (worker: Remote<AnnotationsWorker>) => Promise<T>): Promise<T> => {
    clearTimeout(timer);
    running ??= start();
    asked++;
    try {
      return await call(running.remote());
    } finally {
      if (--asked === 0) timer = setTimeout(stop, idleMs);
    }
  };
  scope.add(() => clearTimeout(timer));
  return {
    beside: (...parameters) => ask((worker) => worker.beside(...parameters)),
    listed: (...parameters) => ask((worker) => worker.listed(...parameters)),
    read: (...parameters) => ask((worker) => worker.read(...parameters)),
    save: (...parameters) => ask((worker) => worker.save(...parameters)),
  };
}

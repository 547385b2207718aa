import { Worker } from 'node:worker_threads';
import type { FeatureSetup } from './augmentClip.ts';
import type { FeatureJob, FeatureResults } from './featureJobs.ts';
import type { WorkerAnswer, WorkerRequest } from './featureWorker.ts';

/** Worker threads that read audio and compute features while the graph trains. */
export interface FeaturePool {
  readonly size: number;
  run<K extends FeatureJob['kind']>(job: Extract<FeatureJob, { kind: K }>): Promise<FeatureResults[K]>;
  /** Is told of each job that a worker ends, from here on. */
  observe(listener: ((work: FeatureWork) => void) | undefined): void;
  dispose(): Promise<void>;
}

/** One job of a worker; times by the machine's monotonic clock. */
export interface FeatureWork {
  worker: number;
  startMs: number;
  endMs: number;
}

interface Member {
  worker: Worker;
  pending: Map<number, { resolve(value: unknown): void; reject(error: Error): void }>;
}

export function createFeaturePool(workerFile: URL, size: number, setup: FeatureSetup): FeaturePool {
  const members = Array.from({ length: size }, (_, worker) =>
    startMember(workerFile, setup, ({ startMs, endMs }) => listener?.({ worker, startMs, endMs })),
  );
  let listener: ((work: FeatureWork) => void) | undefined;
  let nextId = 0;
  let disposed = false;
  return {
    size,
    run(job) {
      if (disposed) return Promise.reject(new Error('the feature pool is disposed'));
      const member = members.reduce((least, other) => (other.pending.size < least.pending.size ? other : least));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        member.pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
        member.worker.postMessage({ id, job } satisfies WorkerRequest);
      });
    },
    observe(next) {
      listener = next;
    },
    async dispose() {
      disposed = true;
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}

function startMember(workerFile: URL, setup: FeatureSetup, done: (answer: WorkerAnswer) => void): Member {
  const worker = new Worker(workerFile, { workerData: setup });
  const member: Member = { worker, pending: new Map() };
  worker.on('message', (answer: WorkerAnswer) => {
    const waiting = member.pending.get(answer.id);
    member.pending.delete(answer.id);
    done(answer);
    if ('error' in answer) waiting?.reject(answer.error);
    else waiting?.resolve(answer.result);
  });
  const failAll = (error: Error) => {
    for (const { reject } of member.pending.values()) reject(error);
    member.pending.clear();
  };
  worker.on('error', failAll);
  worker.on('exit', () => failAll(new Error('a feature worker ended')));
  return member;
}

import { parentPort, workerData } from 'node:worker_threads';
import { monotonicMs } from '../monotonicMs.ts';
import type { FeatureSetup } from './augmentClip.ts';
import { createFeatureWorkshop, type FeatureJob } from './featureJobs.ts';

/** Worker entry: one job after another, answers by number. */
export interface WorkerRequest {
  id: number;
  job: FeatureJob;
}
/** With the time of the work by the machine's monotonic clock. */
export type WorkerAnswer = { id: number; startMs: number; endMs: number } & ({ result: unknown } | { error: Error });

const port = parentPort!;
const workshop = createFeatureWorkshop(workerData as FeatureSetup);
let previous: Promise<unknown> = workshop;

port.on('message', ({ id, job }: WorkerRequest) => {
  let startMs = 0;
  const times = () => ({ id, startMs, endMs: monotonicMs() });
  previous = previous
    .then(async () => {
      startMs = monotonicMs();
      return (await workshop).run(job);
    })
    .then(
      (result) => {
        const buffers = 'features' in result ? [result.features.buffer as ArrayBuffer] : [];
        port.postMessage({ ...times(), result } satisfies WorkerAnswer, buffers);
      },
      (error: Error) => port.postMessage({ ...times(), error } satisfies WorkerAnswer),
    );
});

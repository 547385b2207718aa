import { parentPort, workerData } from 'node:worker_threads';
import { createFeatureWorkshop, type FeatureJob, type FeatureSetup } from './featureJobs.ts';

/** Worker entry: one job after another, answers by number. */
export interface WorkerRequest {
  id: number;
  job: FeatureJob;
}
export type WorkerAnswer = { id: number; result: unknown } | { id: number; error: Error };

const port = parentPort!;
const workshop = createFeatureWorkshop(workerData as FeatureSetup);
let previous: Promise<unknown> = workshop;

port.on('message', ({ id, job }: WorkerRequest) => {
  previous = previous
    .then(async () => (await workshop).run(job))
    .then(
      (result) => {
        const buffers = 'features' in result ? [result.features.buffer as ArrayBuffer] : [];
        port.postMessage({ id, result } satisfies WorkerAnswer, buffers);
      },
      (error: Error) => port.postMessage({ id, error } satisfies WorkerAnswer),
    );
});

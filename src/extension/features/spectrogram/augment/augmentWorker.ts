import { availableParallelism } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { connect } from '../../../../shared/protocol/channel.ts';
import { maxSamplesPerPull } from '../../../../shared/protocol/samples.ts';
import { createFeaturePool } from '../../../../training/data/featurePool.ts';
import { describePreview } from '../../../../training/preview/describePreview.ts';
import { createPreviewer, type PreviewedClip } from '../../../../training/preview/previewAugmentation.ts';
import { type AugmentOwner, type AugmentWorker, augmentWorkerChecks } from './augmentProtocol.ts';

/** Entry of the thread that does to clips what training does, with training's own code. */
const port = parentPort;
if (!port) throw new Error('augmentWorker runs in a worker thread');

/** Several views may look at previews at once. */
const keptPreviews = 8;
const previews = new Map<number, PreviewedClip>();
/** Threads that measure a training set, while they do. */
const threads = Math.max(1, Math.min(4, availableParallelism() - 1));
const preview = createPreviewer((setup) =>
  createFeaturePool(new URL('./featureWorker.js', import.meta.url), threads, setup),
);

const cut = (values: Float32Array | undefined, start: number, count: number): ArrayBuffer => {
  const from = Math.max(0, start);
  return (values?.slice(from, Math.max(from, from + Math.min(maxSamplesPerPull, count))) ?? new Float32Array(0))
    .buffer as ArrayBuffer;
};

const worker: AugmentWorker = {
  async preview(job) {
    const clip = await preview(job, (share) => void remote.measured(job.id, share).catch(() => {}));
    previews.set(job.id, clip);
    const [oldest] = previews.keys();
    if (previews.size > keptPreviews) previews.delete(oldest!);
    return describePreview(clip, job, job.id);
  },
  forget: (id) => void previews.delete(id),
  augmentedCells(id, side, firstFrame, frames) {
    const features = previews.get(id)?.[side].features;
    const bins = features?.bins ?? 1;
    return Promise.resolve(
      cut(features?.data, firstFrame * bins, Math.min(frames, Math.floor(maxSamplesPerPull / bins)) * bins),
    );
  },
  augmentedSamples: (id, side, startSample, samples) =>
    Promise.resolve(cut(previews.get(id)?.[side].heard, startSample, samples)),
};

const { remote } = connect<AugmentWorker, AugmentOwner>(
  {
    send: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', listener);
      return () => port.off('message', listener);
    },
  },
  worker,
  augmentWorkerChecks,
);

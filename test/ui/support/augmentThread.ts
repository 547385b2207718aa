import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type AugmentJob,
  type AugmentOwner,
  type AugmentWorker,
  augmentOwnerChecks,
} from '../../../src/extension/features/spectrogram/augment/augmentProtocol.ts';
import { UserError } from '../../../src/shared/problem.ts';
import { connect } from '../../../src/shared/protocol/channel.ts';
import type { AugmentHost } from '../../../src/shared/protocol/spectrogramAugment.ts';

const workerFile = path.join(import.meta.dirname, '../../../dist/augmentWorker.js');

/** The real thread that augments (`node esbuild.mjs` first), answering the view of one recording. */
export function startAugmentThread(recording: string, experiments: AugmentJob['experiments']) {
  const thread = new Worker(workerFile);
  const { remote, dispose } = connect<AugmentOwner, AugmentWorker>(
    {
      send: (message) => thread.postMessage(message),
      listen(listener) {
        thread.on('message', listener);
        return () => thread.off('message', listener);
      },
    },
    { measured: () => {} },
    augmentOwnerChecks,
  );
  let id = 0;
  const answers: AugmentHost = {
    async augment(request) {
      try {
        return { ok: true, preview: await remote.preview({ ...request, id: ++id, recording, experiments }) };
      } catch (error) {
        if (error instanceof UserError) return { ok: false, message: error.message };
        throw error;
      }
    },
    augmentedCells: remote.augmentedCells,
    augmentedSamples: remote.augmentedSamples,
  };
  return {
    answers,
    async stop() {
      dispose();
      await thread.terminate();
    },
  };
}

import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Page } from 'playwright-core';
import {
  type ClipOwner,
  type ClipWorker,
  clipOwnerChecks,
} from '../../../src/extension/features/spectrogram/workerProtocol.ts';
import { defaultFeatures } from '../../../src/shared/config/defaultFeatures.ts';
import { connect, type Remote } from '../../../src/shared/protocol/channel.ts';
import {
  type OpenedClip,
  type SpectrogramHost,
  type SpectrogramView,
  spectrogramHostChecks,
} from '../../../src/shared/protocol/spectrogram.ts';
import { buildViewPage, type ViewDress } from './viewPage.ts';

const workerFile = path.join(import.meta.dirname, '../../../dist/spectrogramWorker.js');

export interface SpectrogramPage {
  /** What the extension can tell the view. */
  remote: Remote<SpectrogramView>;
  dispose(): Promise<void>;
}

/**
 * The spectrogram editor's page with the real worker (`node esbuild.mjs` first) behind it, in a browser alone.
 * `answers` stands in for what only the workbench can do; `opened` may say something else of the recording.
 */
export async function openSpectrogramPage(
  page: Page,
  recording: string,
  dress: ViewDress,
  answers: Partial<SpectrogramHost> = {},
  opened: (clip: OpenedClip) => OpenedClip = (clip) => clip,
): Promise<SpectrogramPage> {
  const { port, open } = await buildViewPage(page, 'spectrogram', dress);
  const thread = new Worker(workerFile);
  const worker = connect<ClipOwner, ClipWorker>(
    {
      send: (message) => thread.postMessage(message),
      listen(listener) {
        thread.on('message', listener);
        return () => thread.off('message', listener);
      },
    },
    {
      surveyed: (progress) => void view.remote.surveyed(progress).catch(() => {}),
      worked: (work, done) => void view.remote.measured(work, done).catch(() => {}),
    },
    clipOwnerChecks,
  );
  const local: SpectrogramHost = {
    open: async () => opened(await worker.remote.open({ path: recording }, path.basename(recording))),
    openPicture: (channel, settings) =>
      worker.remote.openPicture(
        channel,
        settings.kind === 'free' ? settings : { kind: settings.kind, features: defaultFeatures },
      ),
    pictureConfigs: async () => [],
    spectrogramTile: worker.remote.spectrogramTile,
    waveformTile: worker.remote.waveformTile,
    samples: worker.remote.samples,
    transcribe: async () => ({ ok: false, message: 'no model here', actions: [] }),
    cancelTranscription: () => {},
    inspections: async () => [],
    inspect: async () => ({ ok: false, message: 'no model here', actions: [] }),
    cancelInspection: () => {},
    posteriors: () => Promise.reject(new Error('no posteriors here')),
    speech: worker.remote.speech,
    runAction: () => {},
    copyText: () => {},
    measure: worker.remote.measureStretch,
    cancelMeasuring: worker.remote.cancelWork,
    headerChunks: worker.remote.headerChunks,
    saveStretch: async () => undefined,
    beginPicture: async () => undefined,
    addToPicture: async () => {},
    endPicture: async () => undefined,
    openLink: () => {},
    difference: async () => undefined,
    timeMoved: () => {},
    playMoved: () => {},
    setLinked: () => {},
    alignCursors: () => {},
    resetOffset: () => {},
    augment: async () => ({ ok: false, message: 'no experiment here' }),
    augmentedCells: () => Promise.reject(new Error('no preview here')),
    augmentedSamples: () => Promise.reject(new Error('no preview here')),
    annotations: async () => ({ version: 0, tiers: [], dirty: false, problems: [] }),
    editAnnotations: async () => {},
    showInText: () => {},
    addToManifest: async () => {},
    ...answers,
  };
  const view = connect<SpectrogramHost, SpectrogramView>(port, local, spectrogramHostChecks);
  await open();
  return {
    remote: view.remote,
    async dispose() {
      view.dispose();
      worker.dispose();
      await thread.terminate();
    },
  };
}

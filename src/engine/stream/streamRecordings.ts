import { loadResampler } from '../../dsp/resample.ts';
import type { StreamEvent, StreamedFile, StreamMode, StreamSummary } from '../../shared/streaming/streamEvents.ts';
import { type ClipRange, clipProblem, readClip } from '../../training/data/clipReader.ts';
import type { OpenedModel } from '../model/openModel.ts';
import { createRecognizer } from '../model/recognizer.ts';
import { createFrameSource } from './frameSource.ts';
import { type ReplaySettings, replayFile } from './replayFile.ts';
import { openStreamModel } from './streamModel.ts';
import { summarizeStreams } from './summarizeStreams.ts';

/** A recording, or the part of one that an utterance is. */
export interface StreamedRecording {
  name: string;
  range: ClipRange;
  /** Normalised. */
  reference?: string;
  /** Where a manifest names it. */
  place?: { file: string; line: number };
}

export interface StreamedRecordings {
  mode: StreamMode;
  lookAheadMs: number;
  /** As many as recordings; undefined where one could not be read. */
  files: (StreamedFile | undefined)[];
  summary: StreamSummary;
}

/** Plays recordings one after another, each also at once for comparison. Undefined when `cancelled` turns true meanwhile. */
export async function streamRecordings(
  opened: OpenedModel,
  recordings: readonly StreamedRecording[],
  settings: ReplaySettings & { threads: number },
  tell: (event: StreamEvent) => void,
  cancelled: () => boolean = () => false,
): Promise<StreamedRecordings | undefined> {
  const { sampleRateHz } = opened.metadata.features;
  const model = await openStreamModel(opened, settings.threads);
  const computeMs: number[] = [];
  const files: (StreamedFile | undefined)[] = [];
  try {
    const recognizer = await createRecognizer(opened, settings.threads);
    try {
      for (const problem of model.problems) tell({ event: 'problem', problem });
      const { mode } = model;
      const lookAheadMs = 1000 * createFrameSource(model, settings.lookAheadMs).lookAheadSec;
      const { chunkMs, silenceMs, speed } = settings;
      tell({ event: 'model', model: opened.source, mode, chunkMs, lookAheadMs, silenceMs, speed });
      const resampler = await loadResampler();
      for (const [index, { name, range, reference, place }] of recordings.entries()) {
        if (cancelled()) return undefined;
        const samples = await readClip(range, sampleRateHz, resampler).catch((error: unknown) => {
          const at = place ? { ...place, column: 1 } : { file: name };
          tell({ event: 'problem', problem: { ...clipProblem(error, name), ...at } });
        });
        files.push(undefined);
        if (!samples) continue;
        const durationSec = samples.length / sampleRateHz;
        tell({ event: 'file', index, files: recordings.length, audioFilepath: name, durationSec });
        const offline = await recognizer.recognize(samples, 0);
        const replay = { audioFilepath: name, samples, offline, ...(reference === undefined ? {} : { reference }) };
        const count = (event: StreamEvent) => {
          if (event.event === 'chunk') computeMs.push(event.computeMs);
          tell(event);
        };
        const file = await replayFile(model, replay, settings, count, cancelled);
        if (!file) return undefined;
        files[index] = file;
        tell({ event: 'fileEnd', ...file });
      }
      const summary = summarizeStreams(
        files.filter((file) => file !== undefined),
        computeMs,
      );
      tell({ event: 'summary', ...summary });
      return { mode, lookAheadMs, files, summary };
    } finally {
      await recognizer.dispose();
    }
  } finally {
    await model.dispose();
  }
}

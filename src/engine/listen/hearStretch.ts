import { loadResampler } from '../../dsp/resample.ts';
import { UserError } from '../../shared/problem.ts';
import type { HeardStretch, HeardWord, TranscribeCall } from '../../shared/protocol/listen.ts';
import { clipProblem, readClip } from '../../training/data/clipReader.ts';
import type { Evaluation } from '../../training/executor.ts';
import { longestSec, type Place } from '../model/recognizer.ts';
import { cutAtPauses } from '../model/segments.ts';
import type { ModelPool, WarmModel } from './modelPool.ts';

/** Nobody wants the answer any more. */
export class Cancelled extends Error {}

export interface Hearing {
  stretch: HeardStretch;
  model: WarmModel;
  /** At the rate of the model's features. */
  samples: Float32Array;
}

/**
 * The same text and times as `asr transcribe` gives. `report` throws `Cancelled` when nobody wants the answer any more;
 * `heard` sees each output that text is read from, in order.
 */
export async function hearStretch(
  pool: ModelPool,
  call: Pick<TranscribeCall, 'model' | 'audio' | 'startSec' | 'endSec' | 'decoding'>,
  report: (progress: number) => void,
  heard?: (model: WarmModel, output: Evaluation, place: Place) => void,
): Promise<Hearing> {
  const { audio, startSec = 0, endSec } = call;
  if (endSec !== undefined && endSec <= startSec)
    throw new UserError('The end of the stretch must come after its start.');
  const model = await pool.open(call.model, call.decoding);
  report(0);
  const { features, text } = model.metadata;
  const rate = features.sampleRateHz;
  const range = {
    file: audio,
    offsetSec: startSec,
    ...(endSec === undefined ? {} : { durationSec: endSec - startSec }),
  };
  const samples = await readClip(range, rate, await loadResampler()).catch((error: unknown) => {
    throw new UserError(clipProblem(error, audio).message);
  });
  const words: HeardWord[] = [];
  await hearPieces(pool, model, samples, report, async (piece, pieceSec) => {
    const { recognizer } = model;
    const recognized = await recognizer.recognize(
      piece,
      startSec + pieceSec,
      heard && ((output, place) => heard(model, output, place)),
    );
    words.push(...recognized.words);
  });
  const stretch = {
    ...{ text: words.map((word) => word.text).join(' '), words },
    ...{ startSec, endSec: startSec + samples.length / rate },
    ...{ source: model.source, textCase: text.case },
  };
  return { stretch, model, samples };
}

async function hearPieces(
  pool: ModelPool,
  model: WarmModel,
  samples: Float32Array,
  report: (progress: number) => void,
  hear: (piece: Float32Array, pieceSec: number) => Promise<void>,
): Promise<void> {
  const rate = model.metadata.features.sampleRateHz;
  let failed = true;
  try {
    for (const { start, end } of cutAtPauses(samples, rate, longestSec)) {
      await hear(samples.subarray(start, end), start / rate);
      report(end < samples.length ? end / samples.length : 0);
    }
    failed = false;
  } catch (error) {
    failed = !(error instanceof Cancelled);
    throw error;
  } finally {
    // Its process may be gone: the next call opens the model again.
    await pool.release(model, failed);
  }
}

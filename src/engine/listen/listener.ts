import { loadResampler } from '../../dsp/resample.ts';
import { UserError } from '../../shared/problem.ts';
import {
  type FailureKind,
  type HeardStretch,
  type HeardWord,
  isListenCall,
  type ListenAnswer,
  type TranscribeCall,
} from '../../shared/protocol/listen.ts';
import { clipProblem, readClip } from '../../training/data/clipReader.ts';
import { longestSec } from '../model/recognizer.ts';
import { cutAtPauses } from '../model/segments.ts';
import { findLines } from './findLines.ts';
import type { ModelPool, WarmModel } from './modelPool.ts';

/** Answers calls: what a model hears one after another, everything else at once. */
export interface Listener {
  /** One line of input. */
  take(line: string): void;
  /** What waits is dropped; resolves when nothing runs. */
  close(): Promise<void>;
}

class Cancelled extends Error {}

export function createListener(pool: ModelPool, send: (answer: ListenAnswer) => void): Listener {
  const waiting: TranscribeCall[] = [];
  let running: { call: TranscribeCall; cancelled: boolean } | undefined;
  let working: Promise<void> = Promise.resolve();

  const answer = async (id: number, work: () => Promise<unknown>, wanted = () => true): Promise<void> => {
    try {
      const result = await work();
      if (wanted()) send({ id, result });
    } catch (error) {
      if (wanted()) send({ id, error: { message: messageOf(error), kind: kindOf(error) } });
    }
  };
  const work = async (): Promise<void> => {
    for (let call = waiting.shift(); call; call = waiting.shift()) {
      const current = { call, cancelled: false };
      running = current;
      const { id } = call;
      const report = (progress: number) => {
        if (current.cancelled) throw new Cancelled();
        if (progress > 0) send({ id, progress });
      };
      await answer(
        id,
        () => hear(pool, current.call, report),
        () => !current.cancelled,
      );
      running = undefined;
    }
  };
  const cancel = (id: number): void => {
    const index = waiting.findIndex((call) => call.id === id);
    if (index >= 0) waiting.splice(index, 1);
    else if (running?.call.id === id && !running.cancelled) running.cancelled = true;
    else return;
    send({ id, error: { message: 'cancelled', kind: 'cancelled' } });
  };
  return {
    take(line) {
      const call = parse(line);
      if (!isListenCall(call)) send({ id: idOf(call), error: { message: 'not a call of this protocol', kind: 'bug' } });
      else if (call.call === 'cancel') cancel(call.id);
      else if (call.call === 'lines') void answer(call.id, () => findLines(call));
      else {
        waiting.push(call);
        if (waiting.length === 1 && !running) working = work();
      }
    },
    async close() {
      waiting.length = 0;
      if (running) running.cancelled = true;
      await working;
      await pool.dispose();
    },
  };
}

/** The same text and times as `asr transcribe` gives. `report` throws when nobody wants the answer any more. */
async function hear(pool: ModelPool, call: TranscribeCall, report: (progress: number) => void): Promise<HeardStretch> {
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
  const words = await hearPieces(pool, model, samples, startSec, report);
  return {
    ...{ text: words.map((word) => word.text).join(' '), words },
    ...{ startSec, endSec: startSec + samples.length / rate },
    ...{ source: model.source, textCase: text.case },
  };
}

async function hearPieces(
  pool: ModelPool,
  model: WarmModel,
  samples: Float32Array,
  startSec: number,
  report: (progress: number) => void,
): Promise<HeardWord[]> {
  const rate = model.metadata.features.sampleRateHz;
  const words: HeardWord[] = [];
  let failed = true;
  try {
    for (const { start, end } of cutAtPauses(samples, rate, longestSec)) {
      const heard = await model.recognizer.recognize(samples.subarray(start, end), startSec + start / rate);
      words.push(...heard.words);
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
  return words;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const idOf = (call: unknown): number =>
  typeof call === 'object' && call !== null && 'id' in call && typeof call.id === 'number' ? call.id : -1;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const kindOf = (error: unknown): FailureKind =>
  error instanceof UserError ? 'expected' : error instanceof Cancelled ? 'cancelled' : 'bug';

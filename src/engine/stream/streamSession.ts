import type { Word } from '../../asr/words.ts';
import { createStreamDecoder, type HeardText } from './streamDecoder.ts';
import type { StreamModel } from './streamModel.ts';

/** What is known of the speech since the last final, or, of a final, all of it: it never changes again. */
export interface StreamResult {
  kind: 'partial' | 'final';
  text: string;
  /** So many characters of a partial text will not change; the others were heard without all that follows them. */
  settledLength: number;
  /** With times from the start of the stream. */
  words: Word[];
  /** Begin of the first and end of the last word. */
  startSec: number;
  endSec: number;
  /** Time of the audio that had been heard when this was found. */
  heardSec: number;
  /** Computing of the chunk that it came with. */
  computeMs: number;
}

/** One chunk heard, with or without a result. */
export interface StreamChunk {
  heardSec: number;
  computeMs: number;
  speech: boolean;
}

export interface StreamOptions {
  /** Audio that is computed at once; default 160. */
  chunkMs?: number;
  /** Audio after a frame that is waited for; default what the model needs (segmented: 480). More than that is of no use. */
  lookAheadMs?: number | undefined;
  /** Silence that makes text final; default 600. */
  silenceMs?: number;
  onChunk?(chunk: StreamChunk): void;
}

/** One stream of samples, heard as it comes. Calls are worked off in order. */
export interface StreamSession {
  /** Audio after a frame that is really waited for. */
  readonly lookAheadSec: number;
  /** Mono samples at the model's rate, as many as there are. */
  push(samples: Float32Array): Promise<StreamResult[]>;
  /** The audio has ended: what is left becomes final. The session is spent. */
  finish(): Promise<StreamResult[]>;
  /** The model stays open for other sessions. Once is enough; what still waits is worked off first. */
  dispose(): Promise<void>;
}

export const streamDefaults = { chunkMs: 160, silenceMs: 600 } as const;

export async function createStreamSession(model: StreamModel, options: StreamOptions = {}): Promise<StreamSession> {
  const { chunkMs = streamDefaults.chunkMs, silenceMs = streamDefaults.silenceMs, lookAheadMs } = options;
  const rate = model.metadata.features.sampleRateHz;
  const chunkSamples = Math.max(1, Math.round((chunkMs / 1000) * rate));
  const decoder = await createStreamDecoder(model, { lookAheadMs, silenceMs });
  let held: Float32Array = new Float32Array(0);
  let heard = 0;
  let disposed = false;

  const timed = async (samples: number, work: () => Promise<HeardText | undefined>): Promise<StreamResult[]> => {
    const startMs = performance.now();
    heard += samples;
    const found = await work();
    const computeMs = performance.now() - startMs;
    const heardSec = heard / rate;
    options.onChunk?.({ heardSec, computeMs, speech: decoder.speaking });
    return found ? [{ ...found, heardSec, computeMs }] : [];
  };
  const hear = async (chunk: Float32Array) => {
    if (disposed) throw new Error('this stream has ended');
    return timed(chunk.length, () => decoder.hear(chunk));
  };

  const queue = createQueue();
  return {
    lookAheadSec: decoder.lookAheadSec,
    push: (samples) =>
      queue(async () => {
        const results: StreamResult[] = [];
        held = joined(held, samples);
        while (held.length >= chunkSamples) {
          const chunk = held.slice(0, chunkSamples);
          held = held.subarray(chunkSamples);
          results.push(...(await hear(chunk)));
        }
        return results;
      }),
    finish: () =>
      queue(async () => {
        const results = held.length > 0 ? await hear(held) : [];
        held = new Float32Array(0);
        return [...results, ...(await timed(0, () => decoder.finish()))];
      }),
    dispose: () =>
      queue(async () => {
        if (!disposed) decoder.dispose();
        disposed = true;
      }),
  };
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** One piece of work after another, in the order of the calls; a failure stops none of the later ones. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}

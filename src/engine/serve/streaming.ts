import type { Word } from '../../asr/words.ts';
import { longestSec } from '../model/recognizer.ts';
import { cutAtPauses } from '../model/segments.ts';
import type { StreamResult, StreamSession } from '../stream/streamSession.ts';
import type { ServedModel } from './servedModel.ts';

/** New audio after which the text so far is told again. */
const partialSec = 1;

/**
 * Hears a stream by recognising again, each second, what has no final text yet; audio becomes final in pieces of at most
 * `longestSec`, cut where it is quiet.
 */
export function openStream(model: ServedModel, now: () => number): ServedStream {
  const rate = model.sampleRateHz;
  const longest = Math.floor(longestSec * rate);
  let held = new Float32Array(0);
  let heldFrom = 0;
  let unheard = 0;
  let spentMs = 0;
  let previous: Promise<unknown> = Promise.resolve();

  async function recognize(kind: StreamResult['kind'], samples: Float32Array): Promise<StreamResult> {
    const beganMs = now();
    const { words } = await model.recognize(samples, heldFrom / rate);
    spentMs += now() - beganMs;
    const result = resultOf(kind, words, (heldFrom + held.length) / rate, spentMs);
    spentMs = 0;
    return result;
  }
  async function settle(): Promise<StreamResult[]> {
    const results: StreamResult[] = [];
    while (held.length > longest) {
      const { end } = cutAtPauses(held, rate, longestSec)[0]!;
      results.push(await recognize('final', held.subarray(0, end)));
      heldFrom += end;
      held = held.slice(end);
    }
    return results;
  }
  async function push(samples: Float32Array): Promise<StreamResult[]> {
    const joined = new Float32Array(held.length + samples.length);
    joined.set(held);
    joined.set(samples, held.length);
    held = joined;
    unheard += samples.length;
    const finals = await settle();
    if (unheard < partialSec * rate || held.length === 0) return finals;
    unheard = 0;
    return [...finals, await recognize('partial', held)];
  }
  async function finish(): Promise<StreamResult[]> {
    const finals = await settle();
    return held.length === 0 ? finals : [...finals, await recognize('final', held)];
  }
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const result = previous.then(work);
    previous = result.catch(() => undefined);
    return result;
  };
  return {
    push: (samples) => inOrder(() => push(samples)),
    finish: () => inOrder(finish),
    dispose: async () => {
      await previous;
    },
  };
}

/** What a stream needs of a session. */
export type ServedStream = Pick<StreamSession, 'push' | 'finish' | 'dispose'>;

function resultOf(kind: StreamResult['kind'], words: Word[], heardSec: number, computeMs: number): StreamResult {
  const startSec = words[0]?.startSec ?? heardSec;
  const endSec = words.at(-1)?.endSec ?? heardSec;
  return { kind, text: words.map(({ text }) => text).join(' '), words, startSec, endSec, heardSec, computeMs };
}

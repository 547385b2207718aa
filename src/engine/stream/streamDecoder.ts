import type { GreedyDecoding } from '../../asr/ctcGreedy.ts';
import { type EndpointState, isEndpoint } from '../../asr/streaming/endpoint.ts';
import { createGreedyStream, type GreedyStream } from '../../asr/streaming/greedyStream.ts';
import { type Word, wordsOf } from '../../asr/words.ts';
import { createFrameSource } from './frameSource.ts';
import type { StreamModel } from './streamModel.ts';
import type { StreamResult } from './streamSession.ts';
import { createStreamVoice, type StreamVoice } from './streamVoice.ts';

export interface StreamDecoder {
  readonly lookAheadSec: number;
  /** Whether the voice detector hears speech just now. */
  readonly speaking: boolean;
  /** Computes with the next samples, however many. */
  hear(samples: Float32Array): Promise<HeardText | undefined>;
  finish(): Promise<HeardText | undefined>;
  dispose(): void;
}

export type HeardText = Pick<StreamResult, 'kind' | 'text' | 'settledLength' | 'words' | 'startSec' | 'endSec'>;

/** Longer stretches without a pause become final at the next frame without a token. */
const longestSec = 25;
/** Training has heard no longer utterances: at the first pause after so much, the model begins anew. */
const freshAfterSec = 20;

/** Frames, text and ends of utterances of one stream; a text that has not changed is not told again. */
export async function createStreamDecoder(
  model: StreamModel,
  { lookAheadMs, silenceMs }: { lookAheadMs: number | undefined; silenceMs: number },
): Promise<StreamDecoder> {
  const { metadata, secondsPerFrame } = model;
  const source = createFrameSource(model, lookAheadMs);
  const voice = await createStreamVoice(metadata.features.sampleRateHz);
  const greedy = createGreedyStream(metadata.vocabulary.length);
  const rules = { silenceSec: silenceMs / 1000, longestSec };
  const wordsIn = (decoding: GreedyDecoding) => wordsOf(decoding, metadata.vocabulary, { secondsPerFrame });
  let freshFrame = 0;
  let shown = '';

  const close = (): HeardText | undefined => {
    const words = wordsIn(greedy.cut());
    shown = '';
    if ((greedy.frames - freshFrame) * secondsPerFrame >= freshAfterSec) {
      source.restart();
      freshFrame = greedy.frames;
    }
    return textOf('final', words);
  };
  return {
    lookAheadSec: source.lookAheadSec,
    get speaking() {
      return voice.tracker.speaking;
    },
    async hear(samples) {
      voice.push(samples);
      const { settled, ahead } = await source.push(samples);
      greedy.push(settled);
      if (isEndpoint(endpointState(greedy, voice, secondsPerFrame), rules)) return close();
      const certain = textOf('partial', wordsIn(greedy.decoding))?.text.length ?? 0;
      const partial = textOf('partial', wordsIn(greedy.preview(ahead)), certain);
      if (partial === undefined || partial.text === shown) return undefined;
      shown = partial.text;
      return partial;
    },
    async finish() {
      greedy.push((await source.finish()).settled);
      return close();
    },
    dispose: () => voice.dispose(),
  };
}

function textOf(kind: StreamResult['kind'], words: Word[], certain?: number): HeardText | undefined {
  if (words.length === 0) return undefined;
  const text = words.map((word) => word.text).join(' ');
  return {
    ...{ kind, text, words, settledLength: certain ?? text.length },
    ...{ startSec: words[0]!.startSec, endSec: words.at(-1)!.endSec },
  };
}

function endpointState(
  greedy: GreedyStream,
  { tracker, frameSec }: StreamVoice,
  secondsPerFrame: number,
): EndpointState {
  const first = greedy.decoding.frames[0];
  return {
    decodedSec: greedy.frames * secondsPerFrame,
    firstTokenSec: first === undefined ? undefined : first * secondsPerFrame,
    lastTokenEndSec: greedy.lastTokenEnd * secondsPerFrame,
    lastSpeechEndSec: (tracker.speaking ? tracker.frames : Math.max(0, tracker.endFrame)) * frameSec,
  };
}

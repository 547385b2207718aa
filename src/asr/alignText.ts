import { findSilences } from '../dsp/findSilences.ts';
import type { Problem } from '../shared/problem.ts';
import { type AlignedWords, alignedWords } from './alignedWords.ts';
import { alignCtc } from './ctcAlign.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What a model said of an utterance, with the utterance itself. */
export interface HeardUtterance {
  logProbabilities: Float32Array; // [frames, vocabulary], natural logarithms; further rows are ignored
  frames: number;
  /** Time stride of the model × hop ÷ sample rate. */
  secondsPerFrame: number;
  /** Mono, −1 to 1. */
  samples: Float32Array;
  sampleRateHz: number;
  /** Where it begins in its recording. */
  offsetSec: number;
}

export interface AlignedText extends AlignedWords {
  /** Of the best path, per output frame: compares utterances of any length. */
  logProbabilityPerFrame: number;
}

/** Words and tokens of a transcript at their times in the recording; a problem where no path spells it. */
export function alignText(
  text: string,
  tokenizer: Tokenizer,
  { logProbabilities, frames, secondsPerFrame, samples, sampleRateHz, offsetSec }: HeardUtterance,
): AlignedText | { problem: Problem } {
  const { vocabulary } = tokenizer;
  const encoded = tokenizer.encode(text);
  if ('problem' in encoded) return encoded;
  const aligned = alignCtc(logProbabilities, frames, vocabulary.length, encoded.tokens);
  if ('problem' in aligned) return aligned;
  const words = alignedWords(aligned.tokens, vocabulary, {
    ...{ secondsPerFrame, offsetSec, durationSec: samples.length / sampleRateHz },
    silences: findSilences(samples, sampleRateHz),
  });
  return { ...words, logProbabilityPerFrame: aligned.logProbability / frames };
}

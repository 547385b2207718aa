import type { NgramModel } from './ngramModel.ts';

export interface TextScore {
  sentences: number;
  /** Without sentence marks. */
  words: number;
  /** Of them unknown to the model. */
  unknown: number;
  /** ln p of all known words and sentence ends. */
  knownLog: number;
  /** ln p of the unknown words. */
  unknownLog: number;
}

export const nothingScored: TextScore = { sentences: 0, words: 0, unknown: 0, knownLog: 0, unknownLog: 0 };

/** Adds a sentence's score to that of the text before it. */
export function scoreSentence(model: NgramModel, words: readonly string[], before: TextScore): TextScore {
  const score = { ...before, sentences: before.sentences + 1, words: before.words + words.length };
  let context = model.begin;
  for (const word of words) {
    const known = model.words.indexOf(word) >= 0;
    const id = model.wordId(word);
    const log = model.logProbability(context, id);
    if (known) score.knownLog += log;
    else {
      score.unknown++;
      score.unknownLog += log;
    }
    context = model.contextAfter(context, id);
  }
  if (model.end >= 0) score.knownLog += model.logProbability(context, model.end);
  return score;
}

/** As SRILM and KenLM give it: with sentence ends; unknown words left out, or with them. */
export function perplexityOf({ sentences, words, unknown, knownLog, unknownLog }: TextScore): {
  withoutUnknown: number;
  withUnknown: number;
} {
  const known = words - unknown + sentences;
  return {
    withoutUnknown: Math.exp(-knownLog / known),
    withUnknown: Math.exp(-(knownLog + unknownLog) / (words + sentences)),
  };
}

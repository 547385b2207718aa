import type { GreedyDecoding } from './ctcGreedy.ts';

export interface Word {
  text: string;
  startSec: number;
  endSec: number;
  /** 0 to 1. */
  confidence: number;
}

export interface WordTiming {
  /** Time stride of the model × hop ÷ sample rate. */
  secondsPerFrame: number;
  /** Where the decoded audio begins in its file. */
  offsetSec?: number;
  /** Length of the decoded audio; times never pass its end. */
  durationSec?: number;
}

/** Seconds of one output frame. */
export function secondsPerOutputFrame(timeStride: number, hopSamples: number, sampleRateHz: number): number {
  return (timeStride * hopSamples) / sampleRateHz;
}

/**
 * Words of a decoding with their times; a word begins at a unit with a leading space, or after a space: from the first frame of the first token to the end of the last token's run.
 * A word's confidence is the geometric mean of its tokens', so that long words are not punished for their length.
 */
export function wordsOf(decoding: GreedyDecoding, vocabulary: readonly string[], timing: WordTiming): Word[] {
  const words: Word[] = [];
  const offset = timing.offsetSec ?? 0;
  const limit = timing.durationSec ?? Number.POSITIVE_INFINITY;
  const seconds = (frame: number) => offset + Math.min(limit, frame * timing.secondsPerFrame);
  let first = -1;
  const close = (end: number) => {
    if (first < 0) return;
    let text = '';
    let logSum = 0;
    for (let i = first; i < end; i++) {
      text += vocabulary[decoding.tokens[i]!] ?? '';
      logSum += Math.log(decoding.confidence[i]!);
    }
    words.push({
      text: text.trimStart(),
      startSec: seconds(decoding.frames[first]!),
      endSec: seconds(decoding.endFrames[end - 1]!),
      confidence: Math.exp(logSum / (end - first)),
    });
    first = -1;
  };
  decoding.tokens.forEach((token, i) => {
    const unit = vocabulary[token] ?? '';
    if (unit.startsWith(' ')) close(i);
    if (unit !== ' ' && first < 0) first = i;
  });
  close(decoding.tokens.length);
  return words;
}

/** A transcript read from the left, and how likely its paths are to have reached each frame. */
export interface CtcPrefix {
  /** log p(a transcript begins with this one), natural logarithm. */
  score: number;
  lastToken: number;
  length: number;
  /** log p of all paths that spell the prefix in the frames up to each one and end in its last token, [frames]. */
  ending: Float64Array;
  /** The same for paths that end in the blank. */
  blank: Float64Array;
}

/** CTC's view of transcripts that grow token by token. */
export interface CtcPrefixScorer {
  /** The empty transcript. */
  readonly start: CtcPrefix;
  extend(prefix: CtcPrefix, token: number): CtcPrefix;
  /** log p(the transcript is exactly this one). */
  complete(prefix: CtcPrefix): number;
}

/**
 * CTC prefix scores (Watanabe et al. 2017, Algorithm 2; Graves 2008): the probability of all transcripts that begin with
 * a prefix, which a search can weigh with that of a decoder.
 * @param logProbabilities natural logarithms, [frames, vocabulary], row-major, blank 0; further rows are ignored
 */
export function createCtcPrefixScorer(
  logProbabilities: Float32Array,
  frames: number,
  vocabularySize: number,
): CtcPrefixScorer {
  const blankAt = (frame: number) => logProbabilities[frame * vocabularySize]!;
  const start: CtcPrefix = {
    score: 0,
    lastToken: 0,
    length: 0,
    ending: new Float64Array(frames).fill(Number.NEGATIVE_INFINITY),
    blank: new Float64Array(frames),
  };
  for (let t = 0; t < frames; t++) start.blank[t] = (start.blank[t - 1] ?? 0) + blankAt(t);
  return {
    start,
    extend(prefix, token) {
      const ending = new Float64Array(frames).fill(Number.NEGATIVE_INFINITY);
      const blank = new Float64Array(frames).fill(Number.NEGATIVE_INFINITY);
      let score = Number.NEGATIVE_INFINITY;
      // A prefix of n tokens needs n frames, so before frame n nothing can be.
      for (let t = prefix.length; t < frames; t++) {
        // What may stand just before the token begins at this frame; the same token needs a blank between.
        const before =
          t === 0
            ? prefix.length === 0
              ? 0
              : Number.NEGATIVE_INFINITY
            : token === prefix.lastToken
              ? prefix.blank[t - 1]!
              : logAdd(prefix.blank[t - 1]!, prefix.ending[t - 1]!);
        const emitted = logProbabilities[t * vocabularySize + token]!;
        score = logAdd(score, before + emitted);
        ending[t] = logAdd(t === 0 ? Number.NEGATIVE_INFINITY : ending[t - 1]!, before) + emitted;
        if (t > 0) blank[t] = logAdd(blank[t - 1]!, ending[t - 1]!) + blankAt(t);
      }
      return { score, lastToken: token, length: prefix.length + 1, ending, blank };
    },
    complete: ({ ending, blank, length }) => {
      if (frames === 0) return length === 0 ? 0 : Number.NEGATIVE_INFINITY;
      return logAdd(ending[frames - 1]!, blank[frames - 1]!);
    },
  };
}

/** log(exp a + exp b). */
export function logAdd(a: number, b: number): number {
  const high = Math.max(a, b);
  const low = Math.min(a, b);
  return low === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
}

export interface GreedyDecoding {
  /** Without blanks and repeats. */
  tokens: number[];
  /** First output frame of each token's run. */
  frames: number[];
  /** One past the last output frame of each token's run. */
  endFrames: number[];
  /** Highest posterior within each token's run, 0 to 1. */
  confidence: number[];
}

/**
 * Best-path CTC decoding: the likeliest token of every frame, repeats collapsed, then blanks (index 0) dropped.
 * @param logProbabilities natural logarithms, [frames, vocabulary], row-major; further rows are ignored
 */
export function decodeGreedy(logProbabilities: Float32Array, frames: number, vocabularySize: number): GreedyDecoding {
  if (logProbabilities.length < frames * vocabularySize) {
    throw new Error(`decodeGreedy: ${logProbabilities.length} values for ${frames} × ${vocabularySize}`);
  }
  const result: GreedyDecoding = { tokens: [], frames: [], endFrames: [], confidence: [] };
  let previous = 0;
  for (let frame = 0; frame < frames; frame++) {
    const row = frame * vocabularySize;
    let best = 0;
    let bestValue = Number.NEGATIVE_INFINITY;
    for (let token = 0; token < vocabularySize; token++) {
      const value = logProbabilities[row + token]!;
      if (value > bestValue) {
        bestValue = value;
        best = token;
      }
    }
    if (best !== 0) {
      const posterior = Math.min(1, Math.exp(bestValue));
      const last = result.tokens.length - 1;
      if (best === previous) {
        result.endFrames[last] = frame + 1;
        result.confidence[last] = Math.max(result.confidence[last]!, posterior);
      } else {
        result.tokens.push(best);
        result.frames.push(frame);
        result.endFrames.push(frame + 1);
        result.confidence.push(posterior);
      }
    }
    previous = best;
  }
  return result;
}

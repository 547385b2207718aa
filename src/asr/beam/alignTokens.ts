import type { GreedyDecoding } from '../ctcGreedy.ts';

/**
 * Where a transcript's tokens stand: its likeliest CTC path (Viterbi). Of tokens that best-path decoding found this is
 * the same path.
 * @param logProbabilities natural logarithms, [frames, vocabulary], row-major, blank 0
 * @throws when no path of so many frames spells the tokens
 */
export function alignTokens(
  logProbabilities: Float32Array,
  frames: number,
  vocabularySize: number,
  tokens: readonly number[],
): GreedyDecoding {
  // States 0, 2, 4… are blanks, 1, 3, 5… the tokens.
  const states = 2 * tokens.length + 1;
  const tokenOf = (state: number) => (state % 2 === 0 ? 0 : tokens[state >> 1]!);
  const back = new Uint8Array(frames * states);
  let scores = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
  let next = new Float64Array(states);
  scores[0] = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let state = 0; state < states; state++) {
      let best = scores[state]!;
      let steps = 0;
      // Before the first frame all is at state 0, from where it may begin there or at the first token.
      const skips = state > 1 && state % 2 === 1 && tokenOf(state) !== tokenOf(state - 2) ? 2 : 1;
      for (let step = 1; step <= skips && step <= state; step++)
        if (scores[state - step]! > best) {
          best = scores[state - step]!;
          steps = step;
        }
      back[frame * states + state] = steps;
      next[state] = best + logProbabilities[frame * vocabularySize + tokenOf(state)]!;
    }
    [scores, next] = [next, scores];
  }
  const last = states > 1 && scores[states - 2]! > scores[states - 1]! ? states - 2 : states - 1;
  if (tokens.length > 0 && scores[last] === Number.NEGATIVE_INFINITY)
    throw new Error(`${tokens.length} tokens have no path in ${frames} frames`);
  return runsOf(back, last, { logProbabilities, frames, vocabularySize, tokens });
}

interface Aligned {
  logProbabilities: Float32Array;
  frames: number;
  vocabularySize: number;
  tokens: readonly number[];
}

function runsOf(back: Uint8Array, last: number, { logProbabilities, frames, vocabularySize, tokens }: Aligned) {
  const found: GreedyDecoding = {
    tokens: [...tokens],
    frames: tokens.map(() => 0),
    endFrames: tokens.map(() => 0),
    confidence: tokens.map(() => 0),
  };
  let state = last;
  for (let frame = frames - 1; frame >= 0; frame--) {
    if (state % 2 === 1) {
      const at = state >> 1;
      if (found.endFrames[at] === 0) found.endFrames[at] = frame + 1;
      found.frames[at] = frame;
      const posterior = Math.min(1, Math.exp(logProbabilities[frame * vocabularySize + tokens[at]!]!));
      found.confidence[at] = Math.max(found.confidence[at]!, posterior);
    }
    state -= back[frame * (2 * tokens.length + 1) + state]!;
  }
  return found;
}

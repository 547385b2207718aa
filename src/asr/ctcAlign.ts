import type { Problem } from '../shared/problem.ts';
import { minimumFrames } from './ctcFeasible.ts';

/** The run of frames in which a path is in one token. */
export interface AlignedToken {
  token: number;
  /** Output frames [firstFrame, endFrame), at least one. */
  firstFrame: number;
  endFrame: number;
  /** Mean log-probability of the token over its run. */
  logScore: number;
}

export interface CtcAlignment {
  tokens: AlignedToken[];
  /** Natural logarithm of the path's probability, blanks included. */
  logProbability: number;
}

/**
 * The likeliest CTC path that spells `tokens` (Viterbi over the tokens with blanks between, Graves et al. 2006):
 * O(frames · tokens) time, two bits of memory for each state of a frame. Of equal paths the one that moves on earlier.
 * A transcript that no path of so many frames can spell, or that the model rules out, is a problem.
 * @param logProbabilities natural logarithms, [frames, vocabulary], row-major; index 0 is the blank; further rows are ignored
 */
export function alignCtc(
  logProbabilities: Float32Array,
  frames: number,
  vocabularySize: number,
  tokens: ArrayLike<number>,
): CtcAlignment | { problem: Problem } {
  const needed = minimumFrames(tokens);
  if (needed > frames)
    return infeasible(`the transcript needs ${needed} output frames, the audio gives ${frames}; correct one of them`);
  const lattice = runViterbi(logProbabilities, frames, vocabularySize, tokens);
  const states = 2 * tokens.length + 1;
  const ends = tokens.length === 0 ? [0] : [states - 2, states - 1];
  const end = ends.reduce((best, state) => (lattice.last[state]! > lattice.last[best]! ? state : best));
  const logProbability = lattice.last[end]!;
  if (!Number.isFinite(logProbability))
    return infeasible('the model gives every path of this transcript the probability 0');
  const path = traceBack(lattice.moves, frames, states, end);
  return { tokens: collectRuns(path, tokens, logProbabilities, vocabularySize), logProbability };
}

const infeasible = (message: string): { problem: Problem } => ({
  problem: { code: 'align-infeasible', severity: 'error', message },
});

interface Lattice {
  /** [frames, states] two bits each: by how many states the best path came forward. */
  moves: Uint8Array;
  /** [states] best log-probability at the last frame. */
  last: Float64Array;
}

function runViterbi(
  logProbabilities: Float32Array,
  frames: number,
  vocabularySize: number,
  tokens: ArrayLike<number>,
): Lattice {
  const states = 2 * tokens.length + 1;
  const moves = new Uint8Array(Math.ceil((frames * states) / 4));
  let previous = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
  let current = new Float64Array(states);
  // Before the first frame the path stands at the first blank, from which it may also enter the first token.
  previous[0] = 0;
  for (let frame = 0; frame < frames; frame++) {
    const row = frame * vocabularySize;
    for (let state = 0; state < states; state++) {
      const token = state % 2 === 0 ? 0 : tokens[state >> 1]!;
      let best = previous[state]!;
      let move = 0;
      if (state > 0 && previous[state - 1]! > best) {
        best = previous[state - 1]!;
        move = 1;
      }
      // From token to token without a blank; equal neighbours would collapse into one.
      const skips = state > 2 && state % 2 === 1 && tokens[(state >> 1) - 1] !== token;
      if (skips && previous[state - 2]! > best) {
        best = previous[state - 2]!;
        move = 2;
      }
      current[state] = best + logProbabilities[row + token]!;
      const cell = frame * states + state;
      moves[cell >> 2] = moves[cell >> 2]! | (move << (2 * (cell & 3)));
    }
    [previous, current] = [current, previous];
  }
  return { moves, last: previous };
}

/** The state of each frame. */
function traceBack(moves: Uint8Array, frames: number, states: number, end: number): Int32Array {
  const path = new Int32Array(frames);
  let state = end;
  for (let frame = frames - 1; frame >= 0; frame--) {
    path[frame] = state;
    const cell = frame * states + state;
    state -= (moves[cell >> 2]! >> (2 * (cell & 3))) & 3;
  }
  return path;
}

function collectRuns(
  path: Int32Array,
  tokens: ArrayLike<number>,
  logProbabilities: Float32Array,
  vocabularySize: number,
): AlignedToken[] {
  const runs: AlignedToken[] = [];
  let previous = -1;
  path.forEach((state, frame) => {
    if (state % 2 === 1) {
      const token = tokens[state >> 1]!;
      if (state !== previous) runs.push({ token, firstFrame: frame, endFrame: frame, logScore: 0 });
      const run = runs[runs.length - 1]!;
      run.endFrame = frame + 1;
      run.logScore += logProbabilities[frame * vocabularySize + token]!;
    }
    previous = state;
  });
  for (const run of runs) run.logScore /= run.endFrame - run.firstFrame;
  return runs;
}

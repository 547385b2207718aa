/** Whether any CTC path of `frames` output frames spells `tokens`: T ≥ U + repeats, since equal neighbours need a blank between. */
export function ctcFeasible(tokens: ArrayLike<number>, frames: number): boolean {
  return frames >= minimumFrames(tokens);
}

/** Fewest output frames in which CTC can spell `tokens` (Graves et al. 2006): their number plus the pairs of equal neighbours. */
export function minimumFrames(tokens: ArrayLike<number>): number {
  let needed = tokens.length;
  for (let i = 1; i < tokens.length; i++) if (tokens[i] === tokens[i - 1]) needed++;
  return needed;
}

/** Fewest output frames from which `tokens` can be learnt: those of a CTC path, or one where attention is all of the loss. */
export function framesToTrain(tokens: ArrayLike<number>, { ctcWeight }: { ctcWeight: number }): number {
  return ctcWeight > 0 ? minimumFrames(tokens) : 1;
}

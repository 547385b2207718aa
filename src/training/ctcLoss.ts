/**
 * Negative log-likelihood of `tokens` under CTC (Graves et al. 2006), blank 0, in float64; infinite when infeasible.
 * For scoring a development set; training computes its loss inside the graph.
 * @param logProbabilities natural logarithms, [frames, vocabulary]
 */
export function ctcLoss(
  logProbabilities: Float32Array,
  frames: number,
  vocabularySize: number,
  tokens: ArrayLike<number>,
): number {
  const states = 2 * tokens.length + 1;
  const labelOf = (state: number) => (state % 2 === 1 ? tokens[(state - 1) / 2]! : 0);
  let alpha = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
  let next = new Float64Array(states);
  if (frames === 0) return tokens.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  alpha[0] = logProbabilities[0]!;
  if (states > 1) alpha[1] = logProbabilities[labelOf(1)]!;
  for (let frame = 1; frame < frames; frame++) {
    const row = frame * vocabularySize;
    for (let state = 0; state < states; state++) {
      const label = labelOf(state);
      const skips = state > 1 && label !== 0 && label !== labelOf(state - 2);
      const reached = addLogs(
        alpha[state]!,
        state > 0 ? alpha[state - 1]! : Number.NEGATIVE_INFINITY,
        skips ? alpha[state - 2]! : Number.NEGATIVE_INFINITY,
      );
      next[state] = reached + logProbabilities[row + label]!;
    }
    [alpha, next] = [next, alpha];
  }
  return -addLogs(
    alpha[states - 1]!,
    states > 1 ? alpha[states - 2]! : Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  );
}

function addLogs(a: number, b: number, c: number): number {
  const most = Math.max(a, b, c);
  return most === Number.NEGATIVE_INFINITY
    ? most
    : most + Math.log(Math.exp(a - most) + Math.exp(b - most) + Math.exp(c - most));
}

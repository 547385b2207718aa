/** When a trial may be given up. */
export interface StopRule {
  /** Epochs that every trial gets, so that one that learns late is not judged by its start. */
  graceEpochs: number;
  /** So many trials must have gone through all their epochs before others are judged by them. */
  leastFinished: number;
}

/** A third of the epochs, at least two. */
export const defaultGrace = (epochs: number): number => Math.max(2, Math.ceil(epochs / 3));
export const leastFinished = 2;

/**
 * The median stopping rule (Golovin et al. 2017, Google Vizier): a trial is given up after an epoch when
 * its best WER so far is worse than the median of the mean WERs that the finished trials had up to that epoch. The mean
 * counts their bad first epochs, so the rule is lenient. `curve` and `finished` hold the WER after each epoch; the answer
 * is the median that was missed, undefined while the trial may go on. The last epoch is never judged.
 */
export function missedMedian(
  curve: readonly number[],
  finished: readonly (readonly number[])[],
  epochs: number,
  rule: StopRule,
): number | undefined {
  const done = curve.length;
  if (done === 0 || done < rule.graceEpochs || done >= epochs || finished.length < rule.leastFinished) return undefined;
  const bar = median(finished.map((other) => mean(other.slice(0, done))));
  return Math.min(...curve) > bar ? bar : undefined;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

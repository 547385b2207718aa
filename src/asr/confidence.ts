import type { ReliabilityBin } from '../shared/evaluation/evaluationReport.ts';

/** A word that was recognised, with how sure the model was and whether it was right. */
export interface JudgedWord {
  /** 0 to 1. */
  confidence: number;
  right: boolean;
}

/** The logistic map `σ(slope · logit(confidence) + intercept)`; 1 and 0 change nothing. */
export interface ConfidenceMap {
  slope: number;
  intercept: number;
}

/** Models give posteriors of exactly 1, whose logit is infinite. */
const nearestToEnds = 1e-6;
const rounds = 100;

const logit = (p: number) => {
  const inside = Math.min(1 - nearestToEnds, Math.max(nearestToEnds, p));
  return Math.log(inside / (1 - inside));
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export const applyConfidenceMap = ({ slope, intercept }: ConfidenceMap, confidence: number): number =>
  sigmoid(slope * logit(confidence) + intercept);

/**
 * Calibration by logistic regression on the logit of the confidence (Platt 1999, with his targets, which keep the fit
 * finite when all words are right or wrong): Newton's method with halved steps, deterministic. A slope that would turn
 * the order of confidences around, as chance gives with few words, becomes 0; undefined without words.
 */
export function fitConfidence(words: readonly JudgedWord[]): ConfidenceMap | undefined {
  if (words.length === 0) return undefined;
  const right = words.filter((word) => word.right).length;
  const high = (right + 1) / (right + 2);
  const low = 1 / (words.length - right + 2);
  const inputs = Float64Array.from(words, ({ confidence }) => logit(confidence));
  const targets = Float64Array.from(words, (word) => (word.right ? high : low));
  const fitted = newton(inputs, targets, 'both');
  return fitted.slope >= 0 ? fitted : newton(inputs, targets, 'intercept');
}

/** Least cross-entropy over slope and intercept, or over the intercept alone with slope 0. */
function newton(inputs: Float64Array, targets: Float64Array, free: 'both' | 'intercept'): ConfidenceMap {
  let map: ConfidenceMap = { slope: free === 'both' ? 1 : 0, intercept: 0 };
  let loss = crossEntropy(map, inputs, targets);
  for (let round = 0; round < rounds; round++) {
    const step = newtonStep(map, inputs, targets, free);
    let share = 1;
    let next = map;
    let nextLoss = loss;
    for (; share > 1e-9; share /= 2) {
      next = { slope: map.slope - share * step.slope, intercept: map.intercept - share * step.intercept };
      nextLoss = crossEntropy(next, inputs, targets);
      if (nextLoss <= loss) break;
    }
    if (share <= 1e-9) break;
    map = next;
    const gained = loss - nextLoss;
    loss = nextLoss;
    if (gained < 1e-14 * (1 + loss)) break;
  }
  return map;
}

function newtonStep(
  { slope, intercept }: ConfidenceMap,
  inputs: Float64Array,
  targets: Float64Array,
  free: 'both' | 'intercept',
): ConfidenceMap {
  let gradientSlope = 0;
  let gradientIntercept = 0;
  let [hss, hsi, hii] = [0, 0, 0];
  inputs.forEach((x, i) => {
    const p = sigmoid(slope * x + intercept);
    const weight = p * (1 - p);
    gradientSlope += (p - targets[i]!) * x;
    gradientIntercept += p - targets[i]!;
    hss += weight * x * x;
    hsi += weight * x;
    hii += weight;
  });
  // Where all confidences are alike the matrix is singular; a little on its diagonal keeps the step finite.
  hii += 1e-9;
  if (free === 'intercept') return { slope: 0, intercept: gradientIntercept / hii };
  hss += 1e-9;
  const determinant = hss * hii - hsi * hsi;
  return {
    slope: (hii * gradientSlope - hsi * gradientIntercept) / determinant,
    intercept: (hss * gradientIntercept - hsi * gradientSlope) / determinant,
  };
}

/** Sum over words, in nats, in a form that large logits do not overflow. */
function crossEntropy({ slope, intercept }: ConfidenceMap, inputs: Float64Array, targets: Float64Array): number {
  let sum = 0;
  inputs.forEach((x, i) => {
    const z = slope * x + intercept;
    sum += Math.max(z, 0) - z * targets[i]! + Math.log1p(Math.exp(-Math.abs(z)));
  });
  return sum;
}

/** Equal bins of confidence, those without words left out; 1 belongs to the last. */
export function reliabilityBins(words: readonly JudgedWord[], bins = 10): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ words: 0, confidence: 0, right: 0 }));
  for (const { confidence, right } of words) {
    const sum = sums[Math.min(bins - 1, Math.max(0, Math.floor(confidence * bins)))]!;
    sum.words++;
    sum.confidence += confidence;
    if (right) sum.right++;
  }
  return sums.flatMap((sum, i) =>
    sum.words === 0
      ? []
      : [
          {
            lowConfidence: i / bins,
            highConfidence: (i + 1) / bins,
            words: sum.words,
            meanConfidence: sum.confidence / sum.words,
            right: sum.right,
          },
        ],
  );
}

/**
 * Expected calibration error (Naeini et al. 2015; Guo et al. 2017): the mean distance between confidence and share of
 * right words over bins, weighted by their words; 0 without words.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const words = bins.reduce((sum, bin) => sum + bin.words, 0);
  const distance = bins.reduce((sum, bin) => sum + Math.abs(bin.meanConfidence * bin.words - bin.right), 0);
  return words === 0 ? 0 : distance / words;
}

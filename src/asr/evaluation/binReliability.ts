import type { ReliabilityBin, ReportUtterance } from '../../shared/evaluation/evaluationReport.ts';

const binCount = 10;

/**
 * Recognised words in ten equal bins of confidence: a model is calibrated where the share of right words is the mean
 * confidence (Guo et al. 2017). Bins without words are not there; a bin holds its lower end, the last one also 1.
 */
export function binReliability(utterances: readonly ReportUtterance[]): ReliabilityBin[] {
  const bins = Array.from({ length: binCount }, () => ({ words: 0, sum: 0, right: 0 }));
  for (const { words } of utterances)
    for (const { kind, confidence } of words) {
      if (confidence === undefined) continue;
      const bin = bins[Math.min(binCount - 1, Math.floor(confidence * binCount))]!;
      bin.words++;
      bin.sum += confidence;
      if (kind === 'match') bin.right++;
    }
  return bins.flatMap(({ words, sum, right }, i) =>
    words === 0
      ? []
      : {
          lowConfidence: i / binCount,
          highConfidence: (i + 1) / binCount,
          words,
          meanConfidence: sum / words,
          right,
        },
  );
}

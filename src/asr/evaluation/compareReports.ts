import type {
  ComparedUtterance,
  EvaluationReport,
  ModelComparison,
  ReportCounts,
  ReportUtterance,
} from '../../shared/evaluation/evaluationReport.ts';
import { rateDifferenceInterval95 } from '../bootstrap.ts';
import { addErrors, errorRate, NO_ERRORS } from '../errorRate.ts';
import { matchedPair } from './matchedPair.ts';

/**
 * Two reports over the same utterances, told apart by their ids. Difference and test are of the utterances that both
 * have; the scores are those of the reports.
 */
export function compareReports(before: EvaluationReport, after: EvaluationReport): ModelComparison {
  const others = new Map(after.utterances.map((utterance) => [utterance.id, utterance]));
  const utterances: ComparedUtterance[] = [];
  const onlyBefore: string[] = [];
  for (const own of before.utterances) {
    const other = others.get(own.id);
    others.delete(own.id);
    if (other) utterances.push({ id: own.id, change: changeOf(own, other), before: own, after: other });
    else onlyBefore.push(own.id);
  }
  const pairs = utterances.map((pair) => [pair.before.counts, pair.after.counts] as const);
  const rate = (side: 0 | 1) => errorRate(pairs.map((pair) => pair[side]).reduce(addErrors, NO_ERRORS));
  return {
    version: 1,
    before: before.card,
    after: after.card,
    scores: { before: before.scores, after: after.scores },
    significance: {
      test: 'matched-pair',
      ...matchedPair(pairs.map(([a, b]) => errorsOf(b) - errorsOf(a))),
      difference: rate(1) - rate(0),
      interval95: rateDifferenceInterval95(
        pairs,
        utterances.map((pair) => pair.before.speaker),
      ),
      utterances: utterances.length,
    },
    utterances,
    onlyBefore,
    onlyAfter: [...others.keys()],
  };
}

function changeOf(before: ReportUtterance, after: ReportUtterance): ComparedUtterance['change'] {
  const had = errorsOf(before.counts);
  const has = errorsOf(after.counts);
  if (has < had) return has === 0 ? 'fixed' : 'better';
  if (has > had) return had === 0 ? 'broken' : 'worse';
  return before.hypothesis === after.hypothesis ? 'same' : 'different';
}

const errorsOf = ({ substitutions, deletions, insertions }: ReportCounts): number =>
  substitutions + deletions + insertions;

import { sliceOf } from '../../src/asr/evaluation/sliceUtterances.ts';
import type { ReportUtterance, SliceKind } from '../../src/shared/evaluation/evaluationReport.ts';

/** What an utterance must be like to be shown. */
export interface UtteranceFilter {
  /** Found in texts, recording or speaker, whatever the case. */
  query: string;
  onlyWrong: boolean;
  slice?: { by: SliceKind; name: string };
  /** Said and heard; empty for nothing. */
  confusion?: { reference: string; hypothesis: string };
}

export const sortColumns = ['errors', 'wer', 'durationSec', 'confidence', 'line'] as const;
export type SortColumn = (typeof sortColumns)[number];

export interface SortOrder {
  column: SortColumn;
  descending: boolean;
}

export const errorsOf = ({ counts }: ReportUtterance): number =>
  counts.substitutions + counts.deletions + counts.insertions;

/** Confidence in the surest of the wrong words; undefined where no wrong word has one. */
export function surestError({ words }: ReportUtterance): number | undefined {
  const wrong = words.flatMap(({ kind, confidence }) =>
    kind === 'match' || confidence === undefined ? [] : [confidence],
  );
  return wrong.length === 0 ? undefined : Math.max(...wrong);
}

const values: Record<SortColumn, (utterance: ReportUtterance) => number> = {
  errors: errorsOf,
  wer: (utterance) => errorsOf(utterance) / Math.max(1, utterance.counts.reference),
  durationSec: ({ durationSec }) => durationSec,
  confidence: (utterance) => surestError(utterance) ?? -1,
  line: ({ line }) => line,
};

/** The utterances that fit, in an order; of equal ones the order of the report stands. */
export function chooseUtterances(
  utterances: readonly ReportUtterance[],
  filter: UtteranceFilter,
  { column, descending }: SortOrder,
): ReportUtterance[] {
  const value = values[column];
  const sign = descending ? -1 : 1;
  return utterances.filter((utterance) => fits(utterance, filter)).sort((a, b) => sign * (value(a) - value(b)));
}

function fits(utterance: ReportUtterance, { query, onlyWrong, slice, confusion }: UtteranceFilter): boolean {
  if (onlyWrong && errorsOf(utterance) === 0) return false;
  if (slice && sliceOf(slice.by, utterance) !== slice.name) return false;
  if (confusion && !hasConfusion(utterance, confusion)) return false;
  const wanted = query.trim().toLowerCase();
  const { reference, hypothesis, audioFilepath, speaker = '' } = utterance;
  return (
    wanted === '' || [reference, hypothesis, audioFilepath, speaker].some((text) => text.toLowerCase().includes(wanted))
  );
}

const hasConfusion = ({ words }: ReportUtterance, wanted: { reference: string; hypothesis: string }): boolean =>
  words.some(
    ({ kind, reference = '', hypothesis = '' }) =>
      kind !== 'match' && reference === wanted.reference && hypothesis === wanted.hypothesis,
  );

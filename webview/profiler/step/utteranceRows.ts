import type { BatchUtterance } from '../../../src/shared/run/batchLines.ts';

export const utteranceColumns = ['utterance', 'loss', 'gradientShare', 'length', 'frames', 'tokens'] as const;
export type UtteranceColumn = (typeof utteranceColumns)[number];

export interface SortOrder {
  column: UtteranceColumn;
  descending: boolean;
}

/** An utterance with its place in the step, which names it to the host. */
export interface UtteranceRow {
  index: number;
  utterance: BatchUtterance;
}

/** Unknown figures come last either way, and a loss that is not finite counts as the highest. */
export function sortUtterances(
  utterances: readonly BatchUtterance[],
  { column, descending }: SortOrder,
): UtteranceRow[] {
  const rows = utterances.map((utterance, index): UtteranceRow => ({ index, utterance }));
  const sign = descending ? -1 : 1;
  return rows.sort((a, b) => {
    if (column === 'utterance') return sign * a.utterance.audioFilepath.localeCompare(b.utterance.audioFilepath);
    const [x, y] = [figureOf(a.utterance, column), figureOf(b.utterance, column)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return x === y ? a.index - b.index : x < y ? -sign : sign;
  });
}

function figureOf(utterance: BatchUtterance, column: Exclude<UtteranceColumn, 'utterance'>): number | undefined {
  const { durationSec, frames, tokens, loss, gradientShare } = utterance;
  return { length: durationSec, frames, tokens, loss: loss ?? Number.POSITIVE_INFINITY, gradientShare }[column];
}

import type { ReportWord } from '../../shared/evaluation/evaluationReport.ts';
import { alignSequences } from '../errorRate.ts';
import type { Word } from '../words.ts';

/** Where the utterance lies in its recording, in seconds. */
export interface UtteranceSpan {
  offsetSec: number;
  durationSec: number;
}

/**
 * The columns of the alignment of two lists of words, each with its time in the recording: of the word that was heard,
 * or for a missing word the gap between those heard around it.
 * @param heard times of the hypothesis, one per word; without them columns have no times
 */
export function alignReportWords(
  reference: readonly string[],
  hypothesis: readonly string[],
  { offsetSec, durationSec }: UtteranceSpan,
  heard?: readonly (Partial<Word> | undefined)[],
): ReportWord[] {
  let next = 0;
  return alignSequences(reference, hypothesis).map((pair): ReportWord => {
    if (pair.kind !== 'deletion') return { ...pair, ...timesOf(heard?.[next++]) };
    if (!heard) return pair;
    const startSec = heard[next - 1]?.endSec ?? offsetSec;
    const endSec = heard[next]?.startSec ?? offsetSec + durationSec;
    return { ...pair, startSec, endSec: Math.max(startSec, endSec) };
  });
}

function timesOf(word: Partial<Word> | undefined): Pick<ReportWord, 'startSec' | 'endSec' | 'confidence'> {
  if (!word) return {};
  const { startSec, endSec, confidence } = word;
  return {
    ...(startSec === undefined ? {} : { startSec }),
    ...(endSec === undefined ? {} : { endSec }),
    ...(confidence === undefined ? {} : { confidence }),
  };
}

/** For a transcript put together from others: times of its words where the timed one has them, by alignment. */
export function borrowTimes(hypothesis: readonly string[], timed: readonly Word[]): (Partial<Word> | undefined)[] {
  const pairs = alignSequences(
    hypothesis,
    timed.map(({ text }) => text),
  );
  let next = 0;
  const found: (Partial<Word> | undefined)[] = [];
  for (const { kind } of pairs) {
    const word = kind === 'deletion' ? undefined : timed[next++];
    // The confidence is that of another transcript's word, even where the two agree.
    if (kind !== 'insertion') found.push(word && { startSec: word.startSec, endSec: word.endSec });
  }
  return found;
}

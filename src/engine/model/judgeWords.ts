import type { JudgedWord } from '../../asr/confidence.ts';
import { alignSequences } from '../../asr/errorRate.ts';
import { splitWords } from '../../asr/transcript.ts';
import type { Word } from '../../asr/words.ts';

/** Recognised words as right or wrong, by the alignment with the fewest errors; deleted words have no confidence to judge. */
export function judgeWords(reference: string, words: readonly Word[]): JudgedWord[] {
  const pairs = alignSequences(
    splitWords(reference),
    words.map(({ text }) => text),
  );
  const heard = pairs.filter((pair) => pair.kind !== 'deletion');
  return heard.map(({ kind }, i) => ({ confidence: words[i]!.confidence, right: kind === 'match' }));
}

import { alignSequences, countErrors, type ErrorCounts } from './errorRate.ts';
import { normalizeText, splitWords, type TextConfig } from './transcript.ts';

/** A recognised word with its time in the recording. */
export interface TimedWord {
  text: string;
  startSec: number;
  endSec: number;
  /** 0 to 1. */
  confidence?: number;
}

/** One place of two transcripts laid side by side. */
export interface TimedPair {
  kind: 'match' | 'substitution' | 'deletion' | 'insertion';
  /** As written. */
  reference?: string;
  hypothesis?: string;
  /** A deleted word lies somewhere between its neighbours. */
  startSec: number;
  endSec: number;
  confidence?: number;
}

export interface AlignedTranscript {
  pairs: TimedPair[];
  errors: ErrorCounts;
}

/**
 * A written transcript beside what was recognised between `startSec` and `endSec`, word by word, with times. Words are
 * compared as they are scored (`normalizeText`) and shown as they are written.
 */
export function alignTranscript(
  reference: string,
  words: readonly TimedWord[],
  config: Pick<TextConfig, 'case'>,
  { startSec, endSec }: { startSec: number; endSec: number },
): AlignedTranscript {
  const written = splitWords(reference);
  const aligned = alignSequences(
    written.map((word) => normalizeText(word, config)),
    words.map(({ text }) => text),
  );
  let i = 0;
  let j = 0;
  const pairs = aligned.map(({ kind }): TimedPair => {
    const word = kind === 'deletion' ? undefined : words[j++];
    const shown = kind === 'insertion' ? {} : { reference: written[i++]! };
    if (word) {
      const { text: hypothesis, ...timed } = word;
      return { kind, ...shown, hypothesis, ...timed };
    }
    // What was not heard may have been said anywhere between the words that were.
    const [from, to] = [words[j - 1]?.endSec ?? startSec, words[j]?.startSec ?? endSec];
    return { kind, ...shown, startSec: from, endSec: Math.max(from, to) };
  });
  return { pairs, errors: countErrors(aligned) };
}

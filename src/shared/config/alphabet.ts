import type { Experiment } from './schema.ts';

type TextConfig = Experiment['text'];

/**
 * The characters a transcript may hold, in the order of `keep`, each once. `keep` goes through the same case mapping
 * as transcripts, so `keep: "abc"` with `case: upper` means A, B and C.
 */
export function alphabetOf(config: TextConfig): string[] {
  const mapped = mapCase(config.keep.normalize('NFC'), config.case).normalize('NFC').replace(/\s/gu, ' ');
  return [...new Set(mapped)];
}

/** Locale plays no part: a Turkish machine must train the same model. */
export function mapCase(text: string, kind: TextConfig['case']): string {
  switch (kind) {
    case 'upper':
      return text.toUpperCase();
    case 'lower':
      return text.toLowerCase();
    case 'as-is':
      return text;
  }
}

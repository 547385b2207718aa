import type { Experiment } from '../shared/config/schema.ts';

export type TextConfig = Experiment['text'];

/**
 * A transcript as the model and the scores see it: Unicode NFC, the config's case, single spaces, no space at the ends.
 * Characters are never dropped here: one outside the alphabet is a fault of the data or of the config, and is reported.
 */
export function normalizeText(text: string, config: Pick<TextConfig, 'case'>): string {
  return mapCase(text.normalize('NFC'), config.case).normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/**
 * The characters a transcript may hold, in the order of `keep`, each once. `keep` goes through the same case mapping
 * as transcripts, so `keep: "abc"` with `case: upper` means A, B and C.
 */
export function alphabetOf(config: TextConfig): string[] {
  const mapped = mapCase(config.keep.normalize('NFC'), config.case).normalize('NFC').replace(/\s/gu, ' ');
  return [...new Set(mapped)];
}

/** Words of a normalised transcript; none for an empty one. */
export function splitWords(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

/** Locale plays no part: a Turkish machine must train the same model. */
function mapCase(text: string, kind: TextConfig['case']): string {
  switch (kind) {
    case 'upper':
      return text.toUpperCase();
    case 'lower':
      return text.toLowerCase();
    case 'as-is':
      return text;
  }
}

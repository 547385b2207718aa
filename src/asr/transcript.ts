import { mapCase } from '../shared/config/alphabet.ts';
import type { Experiment } from '../shared/config/schema.ts';

export type TextConfig = Experiment['text'];

/**
 * A transcript as the model and the scores see it: Unicode NFC, the config's case, single spaces, no space at the ends.
 * Characters are never dropped here: one outside the alphabet is a fault of the data or of the config, and is reported.
 */
export function normalizeText(text: string, config: Pick<TextConfig, 'case'>): string {
  return mapCase(text.normalize('NFC'), config.case).normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** Words of a normalised transcript; none for an empty one. */
export function splitWords(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

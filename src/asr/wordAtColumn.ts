import type { Utterance } from './manifest.ts';
import { splitWords } from './transcript.ts';
import { placeOfPart } from './utterancePlace.ts';

/**
 * Which word of an utterance's transcript stands at a column (from 1) of `source`, the line of its text; undefined where
 * the column is not in the transcript. Between two words the one before counts.
 */
export function wordAtColumn(utterance: Utterance, source: string, column: number): number | undefined {
  const { column: from, endColumn = source.length + 1 } = placeOfPart({ ...utterance, source }, 'text');
  if (column < from || column > endColumn) return undefined;
  const written = source.slice(from - 1, endColumn - 1);
  const json = !utterance.places;
  if (json && !written.startsWith('"')) return undefined;
  const end = column - from + 1;
  const before = json ? decodeStart(written.slice(1, Math.min(end, written.length - 1))) : written.slice(0, end);
  const index = splitWords(before.replace(/^"/, '')).length - 1;
  return index >= 0 ? index : undefined;
}

/** The beginning of a JSON string, which may be cut within an escape. */
function decodeStart(text: string): string {
  for (let length = text.length; length > Math.max(-1, text.length - 6); length--) {
    try {
      return JSON.parse(`"${text.slice(0, length)}"`) as string;
    } catch {
      // The escape began earlier.
    }
  }
  return text;
}

import { jsonMembers } from './jsonMembers.ts';
import { jsonText } from './jsonText.ts';
import type { TextPlace, Utterance } from './manifest.ts';
import { placeOfPart, writtenText } from './utterancePlace.ts';

/** Text to put in place of a stretch of a document's line. */
export interface TextChange {
  place: Required<TextPlace>;
  replacement: string;
}

/**
 * How an utterance's line gets this transcript, or another one: only its value changes, all else stays byte for byte.
 * `source` is the line as it stands in the document now, without its line break.
 */
export function replaceText(utterance: Utterance, source: string, text: string): TextChange {
  const now = { ...utterance, source };
  const place = placeOfPart(now, 'text');
  if (utterance.places) {
    const replacement = writtenText(now, text);
    const end = place.endColumn ?? source.length + 1;
    // An id that stands alone has no space yet that parts it from its text.
    const glued = place.column > 1 && /[^\s,|]/.test(source[place.column - 2] ?? ' ');
    return { place: { ...place, endColumn: end }, replacement: glued ? ` ${replacement}` : replacement };
  }
  const written = jsonText(source, text);
  if (place.endColumn !== undefined) return { place: { ...place, endColumn: place.endColumn }, replacement: written };
  const members = jsonMembers(source);
  const audio = members.findLast(({ key }) => key === 'audio_filepath') ?? members.at(-1)!;
  // As the line's own members are set apart.
  const next = members[members.indexOf(audio) + 1];
  const comma = next ? source.slice(audio.to, next.from) : /:\s/.test(source) ? ', ' : ',';
  const colon = source.slice(audio.from + JSON.stringify(audio.key).length, audio.valueFrom);
  const column = audio.to + 1;
  return {
    place: { file: utterance.file, line: utterance.line, column, endColumn: column },
    replacement: `${comma}"text"${colon}${written}`,
  };
}

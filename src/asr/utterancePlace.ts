import { jsonMembers } from './jsonMembers.ts';
import type { TextPlace, Utterance, UtterancePart } from './manifest.ts';

const keys = {
  audio: 'audio_filepath',
  text: 'text',
  duration: 'duration',
  offset: 'offset',
  speaker: 'speaker',
} as const satisfies Record<UtterancePart, string>;

/** Where a part of an utterance stands in its document: the value of its key in a manifest; the start of its line when it is not there. */
export function placeOfPart(utterance: Utterance, part: UtterancePart): TextPlace {
  const { file, line, places, source } = utterance;
  if (places) return places[part] ?? { file, line, column: 1 };
  const member = jsonMembers(source).findLast(({ key }) => key === keys[part]);
  return member ? { file, line, column: member.valueFrom + 1, endColumn: member.to + 1 } : { file, line, column: 1 };
}

/** A transcript as its document writes it: a JSON string in a manifest, quoted where a table needs it. */
export function writtenText(utterance: Utterance, text: string): string {
  if (!utterance.places) return JSON.stringify(text);
  const { column, endColumn } = placeOfPart(utterance, 'text');
  const now = utterance.source.slice(column - 1, endColumn === undefined ? undefined : endColumn - 1);
  const quoted = now.startsWith('"') || (utterance.quoted === true && /[",]/.test(text));
  return quoted ? `"${text.replaceAll('"', '""')}"` : text;
}

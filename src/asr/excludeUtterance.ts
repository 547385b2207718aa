import { jsonMembers } from './jsonMembers.ts';

/** The new text of one line, without its line break. */
export interface LineEdit {
  /** From 1. */
  line: number;
  text: string;
}

/** An utterance as a run or a lint message names it. */
export interface UtterancePlace {
  audioFilepath: string;
  offsetSec?: number;
  /** From 1; where it was, since the manifest may have been edited meanwhile. */
  line: number;
}

/**
 * What sets or clears `"exclude": true` on an utterance of a manifest: the rest of its line stays as it is written.
 * Undefined when the manifest no longer has the utterance. A line that is as wanted comes back as it is.
 */
export function excludeUtterance(manifest: string, place: UtterancePlace, excluded: boolean): LineEdit | undefined {
  const lines = manifest.replace(/^\uFEFF/, '').split('\n');
  const names = (index: number) => index >= 0 && index < lines.length && isOf(lines[index]!, place);
  for (let distance = 0; distance < lines.length + place.line; distance++)
    for (const index of [place.line - 1 - distance, place.line - 1 + distance])
      if (names(index)) return { line: index + 1, text: edited(lines[index]!.replace(/\r$/, ''), excluded) };
  return undefined;
}

function isOf(line: string, { audioFilepath, offsetSec }: UtterancePlace): boolean {
  // Parsing is what takes time in a long manifest.
  if (!line.includes('"audio_filepath"')) return false;
  try {
    const value = JSON.parse(line) as Record<string, unknown> | null;
    return value?.audio_filepath === audioFilepath && (value.offset ?? undefined) === offsetSec;
  } catch {
    return false;
  }
}

function edited(text: string, excluded: boolean): string {
  const members = jsonMembers(text);
  const own = members.findLast(({ key }) => key === 'exclude');
  if (own && excluded) return `${text.slice(0, own.valueFrom)}true${text.slice(own.to)}`;
  if (own) return edited(withoutMember(text, members, members.indexOf(own)), false);
  if (!excluded) return text;
  // The utterance has its path at least; spaces are as its members have them.
  const last = members.at(-1)!;
  const before = members.at(-2);
  const afterColon = /\s*$/.exec(text.slice(last.from, last.valueFrom))![0];
  const afterComma = before ? /\s*$/.exec(text.slice(before.to, last.from))![0] : afterColon;
  return `${text.slice(0, last.to)},${afterComma}"exclude":${afterColon}true${text.slice(last.to)}`;
}

function withoutMember(text: string, members: readonly { from: number; to: number }[], index: number): string {
  const [before, own, after] = [members[index - 1], members[index]!, members[index + 1]];
  if (before) return text.slice(0, before.to) + text.slice(own.to);
  return text.slice(0, own.from) + text.slice(after?.from ?? own.to);
}

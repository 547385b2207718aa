import { jsonMembers } from '../../jsonMembers.ts';
import { jsonText } from '../../jsonText.ts';
import type { AnnotationSource, ItemValues, LinePlace } from './source.ts';

/** How a format holds one item in one line. */
export interface LineFormat {
  /**
   * The line with other values, all else as it is written; where the format cannot hold times, with another text alone.
   * Without `before` all values are written, whatever the line says.
   */
  change(place: LinePlace, before: ItemValues | undefined, after: ItemValues): string;
  /** A line of its own; undefined where the format has no place for one. */
  make?(values: ItemValues, about: LineAbout): string;
  /** Whether a line that was changed meanwhile is still about the same stretch. */
  same?(source: string, place: LinePlace): boolean;
  /** Where the text stands in a line, as offsets from 0. */
  textIn(place: LinePlace): { from: number; to: number } | undefined;
}

/** What a new line says beside text and times. */
export interface LineAbout {
  /** A line of the same recording in the same tier. */
  sibling?: string;
  /** The first line of the file. */
  first?: string;
  /** The recording, relative to the file. */
  audioPath: string;
  /** Name of the recording's file without its extension. */
  stem: string;
}

export type LineFormatName = Exclude<AnnotationSource['format'], 'textGrid' | 'text'>;

const seconds = (value: number, digits = 6) => String(Number(value.toFixed(digits)));
export const sameTimes = (a: ItemValues | undefined, b: ItemValues) =>
  a !== undefined && Math.abs(a.startSec - b.startSec) < 1e-6 && Math.abs(a.endSec - b.endSec) < 1e-6;

const manifest: LineFormat = {
  change({ source }, before, after) {
    let line = source;
    if (!sameTimes(before, after)) {
      line = setMember(line, 'offset', seconds(after.startSec), 'audio_filepath');
      line = setMember(line, 'duration', seconds(after.endSec - after.startSec), 'offset');
    }
    return after.text === before?.text ? line : setMember(line, 'text', jsonText(source, after.text), 'duration');
  },
  make({ startSec, endSec, text }, { sibling, first = '', audioPath }) {
    const like = sibling ?? first;
    const path = sibling === undefined ? jsonText(like, audioPath) : writtenValue(sibling, 'audio_filepath')!;
    const values = { offset: seconds(startSec), duration: seconds(endSec - startSec), text: jsonText(like, text) };
    const [colon, comma] = like === '' || /"\s*:\s/.test(like) ? [': ', ', '] : [':', ','];
    const members = Object.entries({ audio_filepath: path, ...values });
    return `{${members.map(([key, value]) => `"${key}"${colon}${value}`).join(comma)}}`;
  },
  same: (source, place) =>
    ['audio_filepath', 'offset'].every((key) => writtenValue(source, key) === writtenValue(place.source, key)),
  textIn({ source }) {
    const member = membersOf(source).findLast(({ key }) => key === 'text');
    return member && { from: member.valueFrom + 1, to: member.to - 1 };
  },
};

function membersOf(source: string) {
  try {
    JSON.parse(source);
  } catch {
    return [];
  }
  return jsonMembers(source);
}

function writtenValue(source: string, key: string): string | undefined {
  const member = membersOf(source).findLast((one) => one.key === key);
  return member && source.slice(member.valueFrom, member.to);
}

/** The line with another value of a key, which comes after another one where it is not there yet. */
function setMember(line: string, key: string, written: string, behind: string): string {
  const members = jsonMembers(line);
  const own = members.findLast((member) => member.key === key);
  if (own) {
    const now = line.slice(own.valueFrom, own.to);
    const same = now !== '' && Math.abs(Number(now) - Number(written)) < 1e-6;
    return same ? line : line.slice(0, own.valueFrom) + written + line.slice(own.to);
  }
  const after = members.findLast((member) => member.key === behind) ?? members.at(-1)!;
  const next = members[members.indexOf(after) + 1];
  const comma = next ? line.slice(after.to, next.from) : /:\s/.test(line) ? ', ' : ',';
  const colon = line.slice(after.from + JSON.stringify(after.key).length, after.valueFrom);
  return `${line.slice(0, after.to)}${comma}"${key}"${colon}${written}${line.slice(after.to)}`;
}

/** Recording, channel, start, duration, word and what follows, each with the space before it. */
const ctmLine = /^(\s*\S+)(\s+\S+)(\s+)(\S+)(\s+)(\S+)(\s+)(\S+)(.*)$/;

const ctm: LineFormat = {
  change({ source }, before, after) {
    const [, recording, channel, gap1, start, gap2, duration, gap3, word, rest] = ctmLine.exec(source)!;
    const written = (now: string, value: number) => {
      const digits = Math.max(3, now.split('.')[1]?.length ?? 0);
      return Math.abs(Number(now) - value) < 1e-6 ? now : value.toFixed(digits);
    };
    const times = sameTimes(before, after)
      ? [start, gap2, duration]
      : [written(start!, after.startSec), gap2, written(duration!, after.endSec - after.startSec)];
    // What somebody corrected is no longer what a recogniser was that sure of.
    const tail = after.text === before?.text ? [word, rest] : [ctmWord(after.text)];
    return [recording, channel, gap1, ...times, gap3, ...tail].join('');
  },
  make({ startSec, endSec, text }, { sibling, stem }) {
    const [, recording = stem.replace(/\s+/gu, '_'), channel = ' 1'] = (sibling && ctmLine.exec(sibling)) || [];
    return `${recording}${channel} ${startSec.toFixed(3)} ${(endSec - startSec).toFixed(3)} ${ctmWord(text)}`;
  },
  textIn({ source }) {
    const match = ctmLine.exec(source);
    if (!match) return undefined;
    const from = match.slice(1, 8).join('').length;
    return { from, to: from + match[8]!.length };
  },
};

const ctmWord = (text: string) => (text === '' ? '_' : text);

const audacity: LineFormat = {
  change({ source }, before, after) {
    const [start, end] = source.split('\t') as [string, string];
    const digits = (now: string) => Math.max(6, now.split('.')[1]?.length ?? 0);
    const written = (now: string, value: number) =>
      Math.abs(Number(now) - value) < 1e-6 ? now : value.toFixed(digits(now));
    const label = after.text === before?.text ? source.slice(start.length + end.length + 2) : after.text;
    return [written(start, after.startSec), written(end, after.endSec), label].join('\t');
  },
  make: ({ startSec, endSec, text }) => `${startSec.toFixed(6)}\t${endSec.toFixed(6)}\t${text}`,
  textIn({ source }) {
    const [start = '', end = ''] = source.split('\t');
    return { from: Math.min(source.length, start.length + end.length + 2), to: source.length };
  },
};

/** An item's text stands in a line of other things, at columns that are known. */
const columns: LineFormat = {
  change({ source, column = 1, endColumn = source.length + 1, quoted }, _before, { text }) {
    const now = source.slice(column - 1, endColumn - 1);
    const marks = now.startsWith('"') ? quoted !== undefined : quoted === true && /[",]/.test(text);
    const written = marks ? `"${text.replaceAll('"', '""')}"` : text;
    // An id that stands alone has no space yet that parts it from its text.
    const glued = column > 1 && /[^\s,|]/.test(source[column - 2]!);
    return source.slice(0, column - 1) + (glued ? ' ' : '') + written + source.slice(endColumn - 1);
  },
  textIn: ({ source, column = 1, endColumn = source.length + 1 }) => ({ from: column - 1, to: endColumn - 1 }),
};

export const lineFormats: Record<LineFormatName, LineFormat> = {
  ...{ manifest, ctm, audacity },
  ...{ transcripts: columns, kaldi: columns, table: columns },
};

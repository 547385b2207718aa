import type { Word } from '../../asr/words.ts';

/** Words that are shown together. */
export interface Cue {
  startSec: number;
  endSec: number;
  text: string;
  words: readonly Word[];
}

const longestCueSec = 7;
const pauseSec = 0.8;
/** Two lines of 42 characters, as broadcasters have it. */
const longestText = 84;

/** Cuts a transcript where the speaker pauses, and before a cue grows too long to be read. */
export function cuesOf(words: readonly Word[]): Cue[] {
  const cues: Cue[] = [];
  let current: Word[] = [];
  const close = () => {
    if (current.length === 0) return;
    const text = current.map((word) => word.text).join(' ');
    cues.push({ startSec: current[0]!.startSec, endSec: current.at(-1)!.endSec, text, words: current });
    current = [];
  };
  let length = 0;
  for (const word of words) {
    const last = current.at(-1);
    const pause = last !== undefined && word.startSec - last.endSec > pauseSec;
    const long = last !== undefined && word.endSec - current[0]!.startSec > longestCueSec;
    if (pause || long || length + 1 + word.text.length > longestText) close();
    length = current.length === 0 ? word.text.length : length + 1 + word.text.length;
    current.push(word);
  }
  close();
  return cues;
}

/** SubRip: numbered cues, `00:01:02,345 --> …`. */
export function renderSrt(cues: readonly Cue[]): string {
  return cues
    .map(({ startSec, endSec, text }, i) => `${i + 1}\n${time(startSec, ',')} --> ${time(endSec, ',')}\n${text}\n`)
    .join('\n');
}

/** WebVTT (W3C): what would be markup is escaped. */
export function renderVtt(cues: readonly Cue[]): string {
  const plain = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const blocks = cues.map(
    ({ startSec, endSec, text }) => `${time(startSec, '.')} --> ${time(endSec, '.')}\n${plain(text)}\n`,
  );
  return ['WEBVTT\n', ...blocks].join('\n');
}

function time(sec: number, point: string): string {
  const ms = Math.round(1000 * sec);
  const part = (unitMs: number, range: number) => String(Math.floor(ms / unitMs) % range).padStart(2, '0');
  const hours = String(Math.floor(ms / 3_600_000)).padStart(2, '0');
  return `${hours}:${part(60_000, 60)}:${part(1000, 60)}${point}${String(ms % 1000).padStart(3, '0')}`;
}

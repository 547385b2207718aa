import type { Problem } from '../../shared/problem.ts';

/** One word of a time-marked transcript. */
export interface CtmWord {
  /** Name of the recording, without spaces. */
  recording: string;
  /** `1` or `A`. */
  channel: string;
  startSec: number;
  durationSec: number;
  word: string;
  /** 0 to 1. */
  confidence?: number;
}

/**
 * A NIST CTM file (sclite's `ctm` format): `recording channel start duration word [confidence]`, a word a line, ordered by
 * recording, channel and start, as sclite wants it. Words hold no spaces; where one does, they become `_`.
 */
export function renderCtm(words: readonly CtmWord[]): string {
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const ordered = [...words].sort(
    (a, b) => compare(a.recording, b.recording) || compare(a.channel, b.channel) || a.startSec - b.startSec,
  );
  return ordered
    .map(({ recording, channel, startSec, durationSec, word, confidence }) => {
      const fields = [field(recording), field(channel), startSec.toFixed(3), durationSec.toFixed(3), field(word)];
      return `${[...fields, ...(confidence === undefined ? [] : [confidence.toFixed(4)])].join(' ')}\n`;
    })
    .join('');
}

const field = (text: string) => (text === '' ? '_' : text.replace(/\s+/gu, '_').replace(/^;;/, '_;'));

/** Words of a CTM file, in its order, and its faulty lines; comments (`;;`) and empty lines are passed over. */
export function parseCtm(text: string, file: string): { words: CtmWord[]; problems: Problem[] } {
  const words: CtmWord[] = [];
  const problems: Problem[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const fields = line.trim().split(/\s+/);
    if (line.trim() === '' || line.startsWith(';;')) return;
    const [recording, channel, start, duration, word, confidence] = fields;
    const startSec = Number(start);
    const durationSec = Number(duration);
    const sure = confidence === undefined ? undefined : Number(confidence);
    const problem = (message: string) =>
      problems.push({ code: 'ctm-line', severity: 'error', message, file, line: index + 1, column: 1 });
    if (word === undefined) problem('a line has recording, channel, start, duration, word and perhaps confidence');
    else if (!(startSec >= 0 && durationSec >= 0 && Number.isFinite(startSec + durationSec)))
      problem(`"${start}" and "${duration}" must be seconds, 0 or more`);
    else if (sure !== undefined && !(sure >= 0 && sure <= 1)) problem(`the confidence "${confidence}" is not 0 to 1`);
    else
      words.push({
        ...{ recording: recording!, channel: channel!, startSec, durationSec, word },
        ...(sure === undefined ? {} : { confidence: sure }),
      });
  });
  return { words, problems };
}

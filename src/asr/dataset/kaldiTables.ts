export interface KaldiRow {
  value: string;
  /** From 1. */
  line: number;
}

/** `key value…` per line, as in `wav.scp`, `text` and `utt2spk`; the first of two rows with one key counts. */
export function parseKaldiTable(text: string): Map<string, KaldiRow> {
  const rows = new Map<string, KaldiRow>();
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .forEach((source, index) => {
      const [key, value] = splitKey(source);
      if (key !== '' && !rows.has(key)) rows.set(key, { value, line: index + 1 });
    });
  return rows;
}

/** A line's first word, and the rest without the spaces around it. */
export function splitKey(line: string): [key: string, rest: string] {
  const trimmed = line.trim();
  const space = trimmed.search(/\s/);
  return space < 0 ? [trimmed, ''] : [trimmed.slice(0, space), trimmed.slice(space).trim()];
}

export interface KaldiSegment {
  recording: string;
  startSec: number;
  endSec: number;
}

/** `utterance recording start end` per line; a line with an empty or impossible stretch is left out. */
export function parseSegments(text: string): Map<string, KaldiSegment> {
  const segments = new Map<string, KaldiSegment>();
  for (const [id, { value }] of parseKaldiTable(text)) {
    const [recording, start, end] = value.split(/\s+/);
    const [startSec, endSec] = [Number(start), Number(end)];
    if (recording && startSec >= 0 && endSec > startSec && Number.isFinite(endSec))
      segments.set(id, { recording, startSec, endSec });
  }
  return segments;
}

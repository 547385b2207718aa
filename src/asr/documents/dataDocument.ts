import type { Problem } from '../../shared/problem.ts';
import { looksBinary, looksUtf16, type Utterance } from '../manifest.ts';

/** The ways in which recordings and their transcripts are listed. */
export type DataKind = 'manifest' | 'transcripts' | 'table' | 'kaldi';

/** A document as utterances; `audioFilepath` is relative to `file` of the utterance, or absolute. */
export interface DataDocument {
  kind: DataKind;
  utterances: Utterance[];
  problems: Problem[];
  /** Lines that a manifest excludes. */
  excluded: number;
}

export const kaldiFiles = ['wav.scp', 'text', 'utt2spk', 'segments'] as const;

/** What a file is by its name; whether it holds data only its content tells. */
export function kindByName(name: string): DataKind | undefined {
  if (/\.jsonl$/i.test(name)) return 'manifest';
  if (/\.trans\.txt$/i.test(name)) return 'transcripts';
  if (/\.(csv|tsv)$/i.test(name)) return 'table';
  return (kaldiFiles as readonly string[]).includes(name) ? 'kaldi' : undefined;
}

/** Whether the beginning of a `.jsonl` is that of a manifest: event logs and others have the same extension. */
export const looksLikeManifest = (head: string): boolean => head.includes('"audio_filepath"') || notText(head);

/** What is no UTF-8 text at all is one problem of its first line. */
export function encodingProblem(text: string, file: string): Problem | undefined {
  if (!notText(text)) return undefined;
  const message = looksUtf16(text) ? 'saved as UTF-16; save it as UTF-8' : 'not text';
  return { code: 'text-encoding', severity: 'error', message, file, line: 1, column: 1 };
}

const notText = (text: string) => looksUtf16(text) || looksBinary(text);

/** Lines of a text with their numbers from 1; a BOM and CRLF are no part of them. */
export function* numberedLines(text: string): Generator<[line: string, number: number]> {
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let number = 1; start < text.length; number++) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    yield [text.slice(start, text[end - 1] === '\r' ? end - 1 : end), number];
    start = end + 1;
  }
}

/** Lines beyond this are named and skipped; no transcript is as long. */
export const maxLineCharacters = 1 << 20;

export const tooLongLine = (line: string) =>
  `the line has ${line.length} characters; a transcript has a few hundred: is this the file that is meant?`;

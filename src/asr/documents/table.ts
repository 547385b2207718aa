import type { Problem } from '../../shared/problem.ts';
import type { TextPlace, Utterance } from '../manifest.ts';
import { type DataDocument, encodingProblem, maxLineCharacters, numberedLines, tooLongLine } from './dataDocument.ts';

/** Columns as Common Voice, DeepSpeech, Hugging Face and others head them, in lower case. */
const headings = {
  audio: ['audio_filepath', 'path', 'wav_filename', 'file_name', 'filename', 'file', 'audio', 'wav'],
  text: ['sentence', 'text', 'transcript', 'transcription', 'normalized_text'],
  speaker: ['client_id', 'speaker', 'speaker_id'],
  duration: ['duration', 'duration_sec'],
} as const;
type Column = keyof typeof headings;

interface Layout {
  separator: string;
  quoted: boolean;
  columns: Partial<Record<Column, number>>;
  /** LJ Speech has no heading: `id|written|normalised`. */
  headless: boolean;
}

interface Field {
  value: string;
  column: number;
  endColumn: number;
}

/**
 * CSV or TSV with a heading that names a column of recordings and one of transcripts, as Common Voice has it (its
 * recordings lie in `clips/`), or LJ Speech's `metadata.csv`. A row is one line. Undefined when it is no such table.
 */
export function parseTable(text: string, file: string, siblings: ReadonlySet<string>): DataDocument | undefined {
  const document: DataDocument = { kind: 'table', utterances: [], problems: [], excluded: 0 };
  const encoding = encodingProblem(text, file);
  if (encoding) return { ...document, problems: [encoding] };
  let layout: Layout | undefined;
  const seen = new Map<string, number>();
  for (const [source, line] of numberedLines(text)) {
    if (source.trim() === '') continue;
    if (!layout) {
      layout = layoutOf(source.slice(0, maxLineCharacters), file);
      if (!layout) return undefined;
      if (!layout.headless) continue;
    }
    const report = (code: string, message: string, severity: Problem['severity'] = 'error', column = 1) =>
      document.problems.push({ code, severity, message, file, line, column });
    const utterance = readRow(source, line, file, layout, siblings, report);
    if (!utterance) continue;
    const first = seen.get(utterance.id);
    if (first === undefined) seen.set(utterance.id, line);
    else {
      report('manifest-duplicate', `the same recording as line ${first}`, 'warning');
      utterance.id += `#${line}`;
    }
    document.utterances.push(utterance);
  }
  return layout ? document : undefined;
}

function layoutOf(heading: string, file: string): Layout | undefined {
  const separator = /\.tsv$/i.test(file) || heading.includes('\t') ? '\t' : heading.includes('|') ? '|' : ',';
  const quoted = separator === ',';
  const names = splitRow(heading, separator, quoted).fields.map(({ value }) => value.trim().toLowerCase());
  const columns: Partial<Record<Column, number>> = {};
  for (const [column, known] of Object.entries(headings) as [Column, readonly string[]][]) {
    const found = known.map((name) => names.indexOf(name)).find((index) => index >= 0);
    if (found !== undefined) columns[column] = found;
  }
  if (columns.audio !== undefined && columns.text !== undefined) return { separator, quoted, columns, headless: false };
  const lj = separator === '|' && (names.length === 2 || names.length === 3) && /^[\w-]+$/.test(names[0]!);
  return lj ? { separator, quoted, columns: { audio: 0, text: names.length - 1 }, headless: true } : undefined;
}

function readRow(
  source: string,
  line: number,
  file: string,
  { separator, quoted, columns, headless }: Layout,
  siblings: ReadonlySet<string>,
  report: (code: string, message: string, severity?: Problem['severity'], column?: number) => void,
): Utterance | undefined {
  if (source.length > maxLineCharacters) {
    report('table-row', tooLongLine(source));
    return undefined;
  }
  const { fields, openAt } = splitRow(source, separator, quoted);
  if (openAt !== undefined) {
    report('table-quote', 'the quotation mark is not closed on this line', 'error', openAt + 1);
    return undefined;
  }
  const audio = fields[columns.audio!];
  let text = fields[columns.text!];
  // LJ Speech leaves the normalised text out where it is the written one.
  if (headless && !text?.value) text = fields[1];
  if (!audio?.value || !text) {
    report('table-row', `${fields.length} columns where a recording and its transcript are expected`);
    return undefined;
  }
  const speaker = fields[columns.speaker ?? -1];
  const duration = fields[columns.duration ?? -1];
  const durationSec = Number(duration?.value);
  const place = ({ column, endColumn }: Field): TextPlace => ({ file, line, column, endColumn });
  return {
    id: audio.value,
    audioFilepath: headless ? `wavs/${audio.value}.wav` : recordingPath(audio.value, siblings),
    text: text.value,
    ...(durationSec > 0 && Number.isFinite(durationSec) ? { durationSec } : {}),
    ...(speaker?.value ? { speaker: speaker.value } : headless ? { speaker: 'lj' } : {}),
    line,
    file,
    source,
    ...(quoted ? { quoted } : {}),
    places: {
      audio: place(audio),
      text: place(text),
      ...(speaker ? { speaker: place(speaker) } : {}),
      ...(duration ? { duration: place(duration) } : {}),
    },
  };
}

/** Common Voice names files of `clips/`, and without their folder. */
const recordingPath = (path: string, siblings: ReadonlySet<string>) =>
  !path.includes('/') && !siblings.has(path) && siblings.has('clips') ? `clips/${path}` : path;

/** `openAt` is where a quotation mark stands that is not closed. */
function splitRow(source: string, separator: string, quoted: boolean): { fields: Field[]; openAt?: number } {
  const fields: Field[] = [];
  for (let start = 0; start <= source.length; ) {
    let end: number;
    let value: string;
    if (quoted && source[start] === '"') {
      end = start + 1;
      while (source[end] !== '"' || source[end + 1] === '"') {
        if (end >= source.length) return { fields, openAt: start };
        end += source[end] === '"' ? 2 : 1;
      }
      value = source.slice(start + 1, end).replaceAll('""', '"');
      const next = source.indexOf(separator, end + 1);
      end = next < 0 ? source.length : next;
    } else {
      const next = source.indexOf(separator, start);
      end = next < 0 ? source.length : next;
      value = source.slice(start, end);
    }
    fields.push({ value, column: start + 1, endColumn: end + 1 });
    start = end + 1;
  }
  return { fields };
}

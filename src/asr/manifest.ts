import type { Problem } from '../shared/problem.ts';
import { findJsonFault } from './jsonFault.ts';
import { jsonMembers } from './jsonMembers.ts';

/** What of an utterance a problem can be about. */
export type UtterancePart = 'audio' | 'text' | 'duration' | 'offset' | 'speaker';

/** A stretch of one line. Lines and columns count from 1; without an end it is the rest of the line. */
export interface TextPlace {
  file: string;
  line: number;
  column: number;
  endColumn?: number;
}

/** One line of a manifest, or what another document says of one recording. */
export interface Utterance {
  /** Unique within its manifest: the path as written, with the offset when there is one. */
  id: string;
  /** As written; relative to the manifest. */
  audioFilepath: string;
  text: string;
  durationSec?: number;
  offsetSec?: number;
  speaker?: string;
  /** From 1. */
  line: number;
  file: string;
  /** The line as it stands in the file, for the keys this program does not know. */
  source: string;
  /** Where its parts stand, in documents other than manifests; those show it by their `source`. */
  places?: Partial<Record<UtterancePart, TextPlace>>;
  /** Of a table: its fields are quoted where they hold a separator. */
  quoted?: boolean;
}

export interface Manifest {
  utterances: Utterance[];
  problems: Problem[];
  /** Lines left out by `"exclude": true`; nothing else of them is looked at. */
  excluded: number;
}

const MAX_LINE_CHARACTERS = 1 << 20;

/**
 * NeMo-style JSON lines: `audio_filepath` and `text`, optional `duration`, `offset`, `speaker`, `exclude`. Bad lines become
 * problems named by line; the others remain. A BOM, CRLF and blank lines are no problem. Recordings that nobody speaks
 * in need no `text`: `textless`.
 */
export function parseManifest(text: string, file: string, options: { textless?: boolean } = {}): Manifest {
  const utterances: Utterance[] = [];
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  if (looksUtf16(text)) {
    const message = 'saved as UTF-16; save it as UTF-8';
    return {
      utterances,
      problems: [{ code: 'manifest-encoding', severity: 'error', message, file, line: 1, column: 1 }],
      excluded: 0,
    };
  }
  if (looksBinary(text)) {
    const message = 'not text; a manifest has one JSON object per line';
    return {
      utterances,
      problems: [{ code: 'manifest-binary', severity: 'error', message, file, line: 1, column: 1 }],
      excluded: 0,
    };
  }
  let excluded = 0;
  let line = 0;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (start < text.length) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    line++;
    const report = (
      code: string,
      message: string,
      severity: Problem['severity'] = 'error',
      columns: { column?: number; endColumn?: number } = {},
    ) => problems.push({ code, severity, message, file, line, column: 1, ...columns });
    const utterance = parseLine(text.slice(start, end), file, line, report, options.textless ?? false);
    if (utterance === 'excluded') excluded++;
    else if (utterance) {
      const first = seen.get(utterance.id);
      if (first === undefined) seen.set(utterance.id, line);
      else {
        report('manifest-duplicate', `the same audio as line ${first}`, 'warning');
        utterance.id += `#${line}`;
      }
      utterances.push(utterance);
    }
    start = end + 1;
  }
  return { utterances, problems, excluded };
}

/** What the first bytes of UTF-16, with its mark or without, become when they are read as UTF-8. */
export const looksUtf16 = (text: string) => /^(\uFFFD\uFFFD|.\0.\0|\0.\0.)/s.test(text);

/** Bytes of another format read as UTF-8; thousands of lines that are no JSON would tell nobody more. */
export function looksBinary(text: string): boolean {
  const head = text.slice(0, 2048);
  if (head.includes('\0')) return true;
  const broken = head.split('\uFFFD').length - 1;
  return broken > 16 && broken > 0.1 * head.length;
}

/** One manifest line without its line break: with a `source`, its unknown keys and the order of its keys are kept. */
export function renderUtterance(
  utterance: Pick<Utterance, 'audioFilepath' | 'text' | 'durationSec' | 'offsetSec' | 'speaker'> & { source?: string },
): string {
  const written: Record<string, unknown> = utterance.source === undefined ? {} : JSON.parse(utterance.source);
  return JSON.stringify({
    ...written,
    audio_filepath: utterance.audioFilepath,
    ...(utterance.offsetSec === undefined ? {} : { offset: utterance.offsetSec }),
    ...(utterance.durationSec === undefined ? {} : { duration: utterance.durationSec }),
    text: utterance.text,
    ...(utterance.speaker === undefined ? {} : { speaker: utterance.speaker }),
  });
}

type Report = (
  code: string,
  message: string,
  severity?: Problem['severity'],
  columns?: { column?: number; endColumn?: number },
) => void;

function parseLine(
  source: string,
  file: string,
  line: number,
  report: Report,
  textless: boolean,
): Utterance | 'excluded' | undefined {
  if (source.length > MAX_LINE_CHARACTERS) {
    report('manifest-line', `the line has ${source.length} characters; a manifest has one JSON object per line`);
    return undefined;
  }
  if (source.trim() === '') return undefined;
  const fields = parseObject(source, report);
  if (!fields) return undefined;
  if (fields.exclude === true) return 'excluded';
  if (fields.exclude !== undefined) {
    const { valueFrom, to } = jsonMembers(source).findLast(({ key }) => key === 'exclude')!;
    const place = { column: valueFrom + 1, endColumn: to + 1 };
    report('manifest-value', '"exclude" must be true, or not be there; it is ignored', 'warning', place);
  }
  const audioFilepath = requireString(fields, 'audio_filepath', report);
  const text = textless ? '' : requireString(fields, 'text', report);
  if (audioFilepath === undefined || text === undefined) return undefined;
  if (audioFilepath === '' || audioFilepath.includes('\0')) {
    report('manifest-value', '"audio_filepath" must be a path');
    return undefined;
  }
  const offsetSec = optionalSeconds(fields, 'offset', 0, report);
  const durationSec = optionalSeconds(fields, 'duration', Number.MIN_VALUE, report);
  const speaker = fields.speaker;
  if (speaker !== undefined && typeof speaker !== 'string' && typeof speaker !== 'number') {
    report('manifest-value', '"speaker" must be a string; it is ignored', 'warning');
  }
  return {
    id: offsetSec === undefined ? audioFilepath : `${audioFilepath}@${offsetSec}`,
    audioFilepath,
    text,
    ...(durationSec === undefined ? {} : { durationSec }),
    ...(offsetSec === undefined ? {} : { offsetSec }),
    ...(typeof speaker === 'string' || typeof speaker === 'number' ? { speaker: String(speaker) } : {}),
    line,
    file,
    source,
  };
}

function parseObject(source: string, report: Report): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    const column = (findJsonFault(source) ?? 0) + 1;
    report('manifest-json', 'not a JSON object; a manifest has one per line', 'error', { column });
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const kind = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
    report('manifest-json', `${kind} where a JSON object is expected`);
    return undefined;
  }
  return value as Record<string, unknown>;
}

function requireString(fields: Record<string, unknown>, key: string, report: Report): string | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (typeof value === 'string') return value;
  if (value === undefined) report('manifest-key', `"${key}" is missing`);
  else report('manifest-value', `"${key}" must be a string`);
  return undefined;
}

function optionalSeconds(
  fields: Record<string, unknown>,
  key: string,
  minimum: number,
  report: Report,
): number | undefined {
  const value = fields[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= minimum) return value;
  report(
    'manifest-value',
    `"${key}" must be seconds${minimum > 0 ? ' above 0' : ', 0 or more'}; it is ignored`,
    'warning',
  );
  return undefined;
}

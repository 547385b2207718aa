import { realpathSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { type DecodedText, decodeText } from '../../../../../asr/annotations/decodeText.ts';
import {
  looksLikeAudacity,
  readAudacitySource,
  readCtmSource,
  readManifestLines,
  readUtterances,
} from '../../../../../asr/annotations/sources/lineSources.ts';
import {
  type AnnotationSource,
  canNothing,
  type RecordingFacts,
} from '../../../../../asr/annotations/sources/source.ts';
import { readTextGridSource, readTextSource } from '../../../../../asr/annotations/sources/wholeSources.ts';
import { kindByName } from '../../../../../asr/documents/dataDocument.ts';
import { readDocument } from '../../../../../training/lint/readDocument.ts';
import type { RecordingPlace } from '../annotationsProtocol.ts';
import { matchingLines } from './matchingLines.ts';

/** More is no file about one recording, or one of words. */
const mostBytes = 64 * 1024 * 1024;
/** What is searched for a recording in lists that may name it: some seconds on a slow disk. */
const mostListedBytes = 1024 * 1024 * 1024;
const mostTranscriptBytes = 1024 * 1024;

export async function findBeside(recording: RecordingPlace): Promise<AnnotationSource[]> {
  const { folder, stem } = partsOf(recording);
  const own = (name: string) => /^\.(textgrid|txt|ctm)$/i.test(extname(name)) && basename(name, extname(name)) === stem;
  const names = await readdir(folder).catch(() => []);
  const wanted = names.filter((name) => own(name) || /\.(ctm|trans\.txt)$/i.test(name));
  return readAll(
    recording,
    wanted.map((name) => join(folder, name)),
  );
}

export async function findListed(recording: RecordingPlace, files: readonly string[]): Promise<AnnotationSource[]> {
  const { folder } = partsOf(recording);
  const near = [folder, dirname(folder)].map(async (one) => {
    const names = await readdir(one).catch(() => []);
    return names.filter((name) => listKind(name)).map((name) => join(one, name));
  });
  const all = new Set([...(await Promise.all(near)).flat(), ...files]);
  const searched: string[] = [];
  const left: string[] = [];
  let bytes = 0;
  for (const file of [...all].filter((one) => listKind(basename(one)))) {
    const { size } = await stat(file).catch(() => ({ size: 0 }));
    if (bytes + size > mostListedBytes) left.push(file);
    else {
      searched.push(file);
      bytes += size;
    }
  }
  return [...(await readAll(recording, searched)), ...left.map(tooMuch)];
}

function tooMuch(file: string): AnnotationSource {
  const message = `${basename(file)} was not searched for this recording: there is too much data in lists like it`;
  const problem = { code: 'annotations-unsearched', severity: 'info', message, file, line: 1, column: 1 } as const;
  return { file, format: 'manifest', tiers: [], problems: [problem] };
}

/** Lists that can be anywhere. Kaldi's directory is told by its recordings; transcript lists lie beside theirs. */
const listKind = (name: string) => {
  const kind = kindByName(name);
  return kind === 'manifest' || kind === 'table' || name === 'wav.scp' ? kind : undefined;
};

async function readAll(recording: RecordingPlace, files: readonly string[]): Promise<AnnotationSource[]> {
  const sources: AnnotationSource[] = [];
  for (const file of files) {
    const source = await readSource(recording, file);
    if (source) sources.push(source);
  }
  return sources;
}

/** What a file says of a recording: its name tells how it is read. A file that cannot be read says nothing. */
export async function readSource(recording: RecordingPlace, named: string): Promise<AnnotationSource | undefined> {
  const file = kindByName(basename(named)) === 'kaldi' ? join(dirname(named), 'wav.scp') : named;
  const { stem } = partsOf(recording);
  try {
    const { size, mtimeMs } = await stat(file);
    const source = await readKnown(recording, file, { stem, durationSec: recording.durationSec }, size);
    return source && { ...source, stamp: `${mtimeMs} ${size}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}

async function readKnown(
  recording: RecordingPlace,
  file: string,
  facts: RecordingFacts,
  size: number,
): Promise<AnnotationSource | undefined> {
  const kind = kindByName(basename(file));
  if (kind === 'manifest') {
    const lines = await matchingLines(file, needleOf(basename(recording.file)));
    return readManifestLines(lines, file, facts, (path) => isSame(recording, resolve(dirname(file), path)));
  }
  if (kind) return readList(recording, file, kind, facts);
  const extension = extname(file).toLowerCase();
  if (size > (extension === '.txt' ? mostTranscriptBytes : mostBytes)) return undefined;
  if (extension === '.ctm' && (await matchingLines(file, needleOf(facts.stem))).length === 0) return undefined;
  const decoded = decodeText(await readFile(file));
  const { text } = decoded;
  if (extension === '.ctm') return told(readCtmSource(text, file, facts), decoded);
  if (extension === '.textgrid') return told(readTextGridSource(text, file), decoded);
  if (text.includes('\0')) return undefined;
  return told(looksLikeAudacity(text) ? readAudacitySource(text, file) : readTextSource(text, file, facts), decoded);
}

/** What is no UTF-8 is shown, and not written: that would change bytes that nobody edited. */
function told(source: AnnotationSource | undefined, { encoding, lossy }: DecodedText): AnnotationSource | undefined {
  if (!source || !lossy) return source && { ...source, encoding };
  const message = 'not saved as UTF-8 or UTF-16; its labels are shown and cannot be changed';
  const problem = {
    code: 'text-encoding',
    severity: 'warning',
    message,
    file: source.file,
    line: 1,
    column: 1,
  } as const;
  const tiers = source.tiers.map((tier) => ({ ...tier, can: canNothing, named: false }));
  return { ...source, encoding, tiers, problems: [...source.problems, problem] };
}

async function readList(
  recording: RecordingPlace,
  file: string,
  kind: 'transcripts' | 'table' | 'kaldi',
  facts: RecordingFacts,
): Promise<AnnotationSource | undefined> {
  if ((await matchingLines(file, needleOf(facts.stem))).length === 0) return undefined;
  const document = await readDocument(file);
  const own = document?.utterances.filter((one) => isSame(recording, resolve(dirname(one.file), one.audioFilepath)));
  if (!own?.length) return undefined;
  // Kaldi's texts stand in a file of their own.
  const written = own[0]!.places?.text?.file ?? file;
  const lines = decodeText(await readFile(written)).text.split(/\r?\n/);
  return readUtterances(own, written, kind, (line) => lines[line - 1] ?? '', facts);
}

/** Whether a path leads to the recording, over links too. */
function isSame({ file }: RecordingPlace, path: string): boolean {
  if (path === file) return true;
  if (basename(path).toLowerCase() !== basename(file).toLowerCase() || path.includes('\0')) return false;
  try {
    return realpathSync.native(path) === realpathSync.native(file);
  } catch {
    return false;
  }
}

/** The longest part of a name that stands in a file as it is, whether or not that escapes other characters. */
function needleOf(name: string): string {
  const parts = name.match(/[\w.-]+/g) ?? [];
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

function partsOf({ file }: RecordingPlace): { folder: string; stem: string } {
  return { folder: dirname(file), stem: basename(file, extname(file)) };
}

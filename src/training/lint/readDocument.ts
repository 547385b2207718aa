import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import {
  type DataDocument,
  type DataKind,
  kaldiFiles,
  kindByName,
  looksLikeManifest,
  numberedLines,
} from '../../asr/documents/dataDocument.ts';
import { type KaldiFile, type KaldiFolder, parseKaldiFolder } from '../../asr/documents/kaldiFolder.ts';
import { parseTable } from '../../asr/documents/table.ts';
import { parseTranscriptList } from '../../asr/documents/transcriptList.ts';
import { parseManifest } from '../../asr/manifest.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { withFile } from '../data/fileSource.ts';
import { fileError, fileReason } from '../fileError.ts';

/** Texts of editors that are not saved, by path. */
export type OpenTexts = ReadonlyMap<string, string>;

/** More text than this is no list of recordings, and could not be held beside its utterances. */
const maxBytes = 256 * 1024 * 1024;
const headBytes = 65536;

/**
 * A document that lists recordings, of a kind that its name tells; a file of a Kaldi directory stands for the whole.
 * Undefined where the content is something else: an event log, a table of other things. A file that cannot be read is a
 * document with that problem.
 */
export async function readDocument(file: string, texts: OpenTexts = new Map()): Promise<DataDocument | undefined> {
  const kind = kindByName(basename(file));
  if (!kind) return undefined;
  try {
    if (kind === 'kaldi') return await readKaldi(dirname(file), texts);
    if (kind === 'manifest' && !texts.has(file) && !looksLikeManifest(await readText(file, headBytes)))
      return undefined;
    const text = texts.get(file) ?? (await readText(file));
    if (kind === 'manifest') return { kind, ...parseManifest(text, file) };
    const siblings = await namesIn(dirname(file));
    return kind === 'table' ? parseTable(text, file, siblings) : parseTranscriptList(text, file, siblings);
  } catch (error) {
    return { kind, utterances: [], problems: [unreadableDocument(error, file)], excluded: 0 };
  }
}

/** Text of a manifest that an experiment names; a UserError says why there is none. */
export async function readManifestText(file: string, texts: OpenTexts, what = 'manifest'): Promise<string> {
  try {
    return texts.get(file) ?? (await readText(file));
  } catch (error) {
    throw fileError(error, file, what);
  }
}

/** The document that a file belongs to: Kaldi's are told by `wav.scp`. */
export function documentOf(file: string): string | undefined {
  const kind: DataKind | undefined = kindByName(basename(file));
  return kind === 'kaldi' ? join(dirname(file), 'wav.scp') : kind && file;
}

function unreadableDocument(error: unknown, file: string): Problem {
  const reason = error instanceof UserError ? error.message : fileReason(error);
  if (reason === undefined) throw error;
  return { code: 'document-unreadable', severity: 'error', message: reason, file, line: 1, column: 1 };
}

async function readText(file: string, limit = Number.POSITIVE_INFINITY): Promise<string> {
  return withFile(file, async (source) => {
    if (source.size > maxBytes && limit > maxBytes)
      throw new UserError(`${Math.round(source.size / 2 ** 20)} MB are too much for a list of recordings; split it`);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await source.read(0, Math.min(limit, source.size)));
  });
}

async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  return new Set(await readdir(folder).catch(() => []));
}

async function readKaldi(folder: string, texts: OpenTexts): Promise<DataDocument | undefined> {
  const files: Partial<Record<(typeof kaldiFiles)[number], KaldiFile>> = {};
  for (const name of kaldiFiles) {
    const file = join(folder, name);
    if (texts.has(file) || existsSync(file)) files[name] = { file, text: texts.get(file) ?? (await readText(file)) };
  }
  const { 'wav.scp': wavScp, text, ...others } = files;
  if (!wavScp || !text) return undefined;
  const kaldi: KaldiFolder = { wavScp, text, ...others };
  return parseKaldiFolder(kaldi, kaldiRoot(folder, wavScp.text));
}

/** Kaldi's relative paths start where it is run, some folders above its data: the nearest that has the first recording. */
function kaldiRoot(folder: string, wavScp: string): string {
  for (const [line] of numberedLines(wavScp)) {
    const path = line.slice(line.search(/\s/) + 1).trim();
    if (path === '' || path.endsWith('|') || isAbsolute(path)) continue;
    for (let root = folder, up = 0; up < 5; root = dirname(root), up++) if (existsSync(join(root, path))) return root;
    return folder;
  }
  return folder;
}

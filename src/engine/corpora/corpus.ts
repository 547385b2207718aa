import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, UserError } from '../../shared/problem.ts';
import { fileError } from '../../training/fileError.ts';

/** Layouts that `prepare` knows. */
export const corpusFormats = ['an4', 'commonvoice', 'folder', 'kaldi', 'librispeech', 'ljspeech'] as const;
export type CorpusFormat = (typeof corpusFormats)[number];

export interface CorpusEntry {
  /** As reachable from here, not relative to the corpus. */
  audioFile: string;
  text: string;
  /** A part of the recording; without a duration up to its end. */
  offsetSec?: number;
  durationSec?: number;
  speaker?: string;
}

export interface Corpus {
  entries: CorpusEntry[];
  problems: Problem[];
}

export interface CorpusOptions {
  /** Part of the corpus; everything when absent. */
  split?: string;
}

/** Knows one layout; what it cannot use becomes a problem. */
export type CorpusReader = (folder: string, options: CorpusOptions) => Promise<Corpus>;

/**
 * All files below a folder, sorted by path; linked folders are not entered, so circles end. A folder inside that cannot be
 * read is told to `unreadable` and passed over, or without it thrown as a UserError.
 */
export async function listFiles(
  folder: string,
  unreadable?: (folder: string, error: Error) => void,
): Promise<string[]> {
  const found: string[] = [];
  const enter = async (inner: string) => {
    const entries = await readdir(inner, { withFileTypes: true }).catch((error: unknown) => {
      const gone = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
      const known = gone ? new UserError(`${inner}: there is no such folder`) : fileError(error, inner, 'folder');
      if (inner === folder || !unreadable || !(known instanceof Error)) throw known;
      unreadable(inner, known);
      return [];
    });
    for (const entry of entries) {
      const path = join(inner, entry.name);
      if (entry.isDirectory()) await enter(path);
      else if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
    }
  };
  await enter(folder);
  return found.sort();
}

/** UTF-8 text of a file; a problem when it is something else. */
export async function readTranscriptFile(file: string): Promise<string | Problem> {
  try {
    const bytes = await readFile(file);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      return {
        code: 'text-encoding',
        severity: 'error',
        message: 'the transcript is not UTF-8; save it as UTF-8',
        file,
      };
    }
    const known = fileError(error, file, 'transcript');
    if (known === error) throw error;
    return { code: 'text-missing', severity: 'error', message: (known as Error).message, file };
  }
}

export const isAudioFile = (file: string) => /\.(wav|wave|flac|rf64|w64|bwf)$/i.test(file);

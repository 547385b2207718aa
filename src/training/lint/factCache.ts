import { appendFile, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { numberedLines } from '../../asr/documents/dataDocument.ts';
import type { HeardAudio } from '../../asr/lint/dataRules.ts';
import type { AudioInfo } from '../../dsp/audioFile.ts';
import type { Problem } from '../../shared/problem.ts';
import { makeFolder } from '../fileError.ts';
import { replaceFile } from '../run/durableFiles.ts';

/** A version of a file. */
export interface FileStamp {
  mtimeMs: number;
  size: number;
}

/** What was found out about a recording; a header that cannot be read is a problem. */
export interface AudioFacts extends FileStamp {
  header: HeaderFacts | { failure: Problem };
  /** By the part that was listened to. */
  heard?: Record<string, HeardAudio | { failure: Problem }>;
}
export type HeaderFacts = Pick<AudioInfo, 'frames' | 'durationSec' | 'sampleRateHz' | 'problems'>;

/** What is known of recordings, by path. Held in memory, and in a file when there is one, so that a check can be resumed. */
export interface FactCache {
  get(path: string): AudioFacts | undefined;
  set(path: string, facts: AudioFacts): void;
  /** Writes what is new; a file that cannot be written is no fault of the data, and the facts stay in memory. */
  save(): Promise<void>;
}

/** The first line: facts of another version are found out again. */
const heading = '{"version":1}';
const linesAtATime = 2000;

export async function openFactCache(file?: string): Promise<FactCache> {
  const facts = new Map<string, AudioFacts>();
  const lines = file === undefined ? 0 : await load(file, facts);
  const fresh = new Set<string>();
  let rewrite = lines === undefined || lines > 2 * facts.size + 1000;
  return {
    get: (path) => facts.get(path),
    set(path, its) {
      facts.set(path, its);
      if (file !== undefined) fresh.add(path);
    },
    async save() {
      if (file === undefined || fresh.size === 0) return;
      const paths = rewrite ? [...facts.keys()] : [...fresh];
      fresh.clear();
      try {
        makeFolder(dirname(file), 'folder');
        if (rewrite) await replaceFile(file, `${heading}\n`);
        rewrite = false;
        for (let start = 0; start < paths.length; start += linesAtATime) {
          const part = paths.slice(start, start + linesAtATime);
          await appendFile(file, part.map((path) => `${JSON.stringify([path, facts.get(path)])}\n`).join(''));
        }
      } catch {
        rewrite = true;
      }
    },
  };
}

/** How many lines the file has; undefined when it is not there or of another version. A torn line is passed over. */
async function load(file: string, facts: Map<string, AudioFacts>): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (!text.startsWith(`${heading}\n`)) return undefined;
  let lines = 0;
  for (const [line] of numberedLines(text.slice(heading.length + 1))) {
    lines++;
    try {
      const [path, its] = JSON.parse(line) as [string, AudioFacts];
      facts.set(path, its);
    } catch {}
  }
  return lines;
}

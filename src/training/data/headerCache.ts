import { stat } from 'node:fs/promises';
import type { Problem } from '../../shared/problem.ts';
import { type ClipHeader, type ClipRange, clipProblem, probeClip } from './clipReader.ts';
import type { HeaderReader } from './examples.ts';

/** Headers that were read, kept for as long as their files stay as they are. */
export interface HeaderCache {
  /** A reader that stops with the signal, rejecting what it has not read, and tells how many of those asked for it has read. */
  reader(sampleRateHz: number, signal: AbortSignal, told?: (done: number, asked: number) => void): HeaderReader;
}

interface Known {
  mtimeMs: number;
  size: number;
  checkedMs: number;
  header: ClipHeader | Problem;
}

/** What is asked for again within this time is taken to be unchanged: one types faster than recordings change. */
const trustedMs = 20_000;
const readers = 8;
/** About 60 MB. */
const limit = 200_000;

export function createHeaderCache(now: () => number): HeaderCache {
  const known = new Map<string, Known>();
  const read = async (clip: ClipRange, sampleRateHz: number): Promise<ClipHeader | Problem> => {
    const key = `${clip.file}\0${clip.offsetSec}\0${clip.durationSec}\0${sampleRateHz}`;
    const before = known.get(key);
    const checkedMs = now();
    if (before && checkedMs - before.checkedMs < trustedMs) return before.header;
    const { mtimeMs, size } = await stat(clip.file).catch(() => ({ mtimeMs: -1, size: -1 }));
    if (before?.mtimeMs === mtimeMs && before.size === size) {
      before.checkedMs = checkedMs;
      return before.header;
    }
    const header = await probeClip(clip, sampleRateHz).catch((error: unknown) => clipProblem(error, clip.file));
    if (known.size >= limit) known.clear();
    known.set(key, { mtimeMs, size, checkedMs, header });
    return header;
  };
  return {
    reader(sampleRateHz, signal, told = () => {}) {
      let done = 0;
      let asked = 0;
      let free = readers;
      const waiting: (() => void)[] = [];
      const inTurn = async (clip: ClipRange): Promise<ClipHeader | Problem> => {
        if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
        else free--;
        try {
          signal.throwIfAborted();
          const header = await read(clip, sampleRateHz);
          told(++done, asked);
          return header;
        } finally {
          const next = waiting.shift();
          if (next) next();
          else free++;
        }
      };
      return {
        run({ clips }) {
          asked += clips.length;
          return Promise.all(clips.map(inTurn));
        },
      };
    },
  };
}

import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseManifest, type Utterance } from '../../asr/manifest.ts';
import type { ClipRange } from '../data/clipReader.ts';
import { utteranceKey, utteranceRange } from '../data/examples.ts';

/** An utterance of a recording, as training knows it. */
export interface FoundUtterance {
  /** Names its random stream. */
  key: string;
  range: ClipRange;
  manifest: string;
  line: number;
}

export interface UtteranceFinder {
  /**
   * What a list of training manifests says of a recording at a time; the nearest of its utterances where none is said
   * then. Undefined where it has none. Manifests that cannot be read have none.
   */
  find(manifests: readonly string[], recording: string, atSec: number): Promise<FoundUtterance | undefined>;
}

interface Listed {
  stamp: string;
  /** By the path of their recordings. */
  utterances: Map<string, Utterance[]>;
}

/** Reads each manifest once, and again when it has changed. */
export function createUtteranceFinder(): UtteranceFinder {
  const known = new Map<string, Listed>();
  const read = async (file: string): Promise<Listed | undefined> => {
    try {
      const { mtimeMs, size } = await stat(file);
      const stamp = `${mtimeMs} ${size}`;
      const before = known.get(file);
      if (before?.stamp === stamp) return before;
      const utterances = new Map<string, Utterance[]>();
      for (const utterance of parseManifest(await readFile(file, 'utf8'), file).utterances) {
        const path = resolve(dirname(file), utterance.audioFilepath);
        const same = utterances.get(path) ?? [];
        same.push(utterance);
        utterances.set(path, same);
      }
      const listed = { stamp, utterances };
      known.set(file, listed);
      return listed;
    } catch {
      // What is wrong with a manifest is said where it is trained on.
      return undefined;
    }
  };
  return {
    async find(manifests, recording, atSec) {
      const paths = new Set([resolve(recording), await realpath(recording).catch(() => recording)]);
      let best: { found: FoundUtterance; distance: number } | undefined;
      for (const [index, file] of manifests.entries()) {
        const listed = await read(file);
        for (const utterance of [...paths].flatMap((path) => listed?.utterances.get(path) ?? [])) {
          const distance = distanceTo(utterance, atSec);
          if (best && distance >= best.distance) continue;
          const key = utteranceKey(index, utterance);
          best = { found: { key, range: utteranceRange(utterance), manifest: file, line: utterance.line }, distance };
        }
      }
      return best?.found;
    },
  };
}

/** Seconds from a time to an utterance, 0 inside of it. */
function distanceTo({ offsetSec, durationSec }: Utterance, atSec: number): number {
  if (offsetSec === undefined) return 0;
  const endSec = durationSec === undefined ? Number.POSITIVE_INFINITY : offsetSec + durationSec;
  return Math.max(0, offsetSec - atSec, atSec - endSec);
}

import * as path from 'node:path';
import type * as vscode from 'vscode';
import type { RecordingDifference } from '../../../../shared/protocol/spectrogramDifference.ts';
import { placeOf, type Recording } from '../recording.ts';

type Measured = Pick<RecordingDifference, 'before' | 'now' | 'samples'>;

/** Differences of recordings, each pair read once for both of its views until one of them changes. */
export interface Differences {
  /** How `recording` differs from `other`. */
  between(recording: Recording, other: Recording): Promise<RecordingDifference>;
}

export function createDifferences(): Differences {
  const known = new Map<string, Promise<Measured>>();
  const measured = (recording: Recording, other: Recording): Promise<Measured> => {
    const key = `${other.uri} ${recording.uri}`;
    const asked = known.get(key);
    if (asked !== undefined) return asked;
    const work = placeOf(other.uri).then((place) => recording.worker.difference(place));
    known.set(key, work);
    const forget = () => {
      if (known.get(key) === work) known.delete(key);
    };
    work.catch(forget);
    for (const one of [recording, other]) {
      const subscription = one.onChanged(() => {
        forget();
        subscription.dispose();
      });
    }
    return work;
  };
  return {
    async between(recording, other) {
      const version = versionOf(other.uri, recording.uri);
      const names = { other: path.posix.basename(other.uri.path), version };
      // The other view of the pair may have asked already.
      const turned = known.get(`${recording.uri} ${other.uri}`);
      if (turned === undefined) return { ...names, ...(await measured(recording, other)) };
      const { before, now, samples } = await turned;
      return { ...names, before: now, now: before, samples };
    },
  };
}

/** Which of two documents of one path is the earlier one: commits before the index, the index before the file. */
function versionOf(other: vscode.Uri, uri: vscode.Uri): RecordingDifference['version'] {
  if (other.path !== uri.path || other.toString() === uri.toString()) return 'none';
  return ageOf(other) <= ageOf(uri) ? 'earlier' : 'later';
}

function ageOf({ scheme, query }: vscode.Uri): number {
  if (scheme !== 'git') return 2;
  try {
    const { ref } = JSON.parse(query) as { ref?: unknown };
    return ref === '' || ref === '~' ? 1 : 0;
  } catch {
    return 0;
  }
}

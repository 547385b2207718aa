import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type DataDocument, kaldiFiles, kindByName } from '../../../../asr/documents/dataDocument.ts';
import type { Utterance } from '../../../../asr/manifest.ts';
import { readDocument } from '../../../../training/lint/readDocument.ts';
import type { DocumentState, FoundUtterance } from '../workerProtocol.ts';

interface KeptDocument {
  stamp: string;
  byLine: Map<number, Utterance>;
  utterances: Utterance[];
}

/** Documents that were looked at last, so that the next line costs nothing. */
const kept = new Map<string, KeptDocument>();
const mostKept = 4;

/** The utterances of a document by the lines of the file that was asked for. */
export async function openDocument({ file, text }: DocumentState): Promise<KeptDocument | undefined> {
  const stamp = text === undefined ? await stampOf(file) : `text ${text}`;
  const before = kept.get(file);
  if (before?.stamp === stamp) return before;
  const document = await readDocument(file, text === undefined ? new Map() : new Map([[file, text]]));
  kept.delete(file);
  if (!document) return undefined;
  const opened = { stamp, byLine: linesOf(document, file), utterances: document.utterances };
  kept.set(file, opened);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
  return opened;
}

export function found(utterance: Utterance): FoundUtterance {
  const { file, audioFilepath, offsetSec, durationSec, text, speaker, line } = utterance;
  const stretch = offsetSec === undefined ? {} : { offsetSec, ...(durationSec === undefined ? {} : { durationSec }) };
  return {
    clip: { file: resolve(dirname(file), audioFilepath), ...stretch },
    ...{ text, document: file, line },
    ...(speaker === undefined ? {} : { speaker }),
    ...(durationSec === undefined ? {} : { durationSec }),
  };
}

/** Kaldi spreads an utterance over several files: each of its places leads to it. */
function linesOf({ kind, utterances }: DataDocument, file: string): Map<number, Utterance> {
  const lines = new Map<number, Utterance>();
  for (const utterance of utterances) {
    if (kind !== 'kaldi') lines.set(utterance.line, utterance);
    else
      for (const place of Object.values(utterance.places ?? {}))
        if (place.file === file && !lines.has(place.line)) lines.set(place.line, utterance);
  }
  return lines;
}

async function stampOf(file: string): Promise<string> {
  // Any file of a Kaldi directory changes what is known of the others.
  const files = kindByName(basename(file)) === 'kaldi' ? kaldiFiles.map((name) => join(dirname(file), name)) : [file];
  const stamps = await Promise.all(
    files.map((one) =>
      stat(one).then(
        ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
        () => '',
      ),
    ),
  );
  return stamps.join('\n');
}

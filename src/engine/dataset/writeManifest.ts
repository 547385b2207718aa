import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { renderUtterance, type Utterance } from '../../asr/manifest.ts';
import { makeFolder, writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';

/** A manifest that was written. */
export interface WrittenManifest {
  file: string;
  utterances: number;
  durationSec: number;
  speakers: number;
}

type Line = Pick<Utterance, 'text' | 'speaker' | 'durationSec'>;

/** Written beside and renamed, so that a manifest is never half there; the folder is made. Throws UserError. */
export async function writeManifest<T extends Line>(
  file: string,
  entries: readonly T[],
  render: (entry: T) => string,
): Promise<WrittenManifest> {
  makeFolder(dirname(resolve(file)), 'folder');
  await replaceFile(file, entries.map((entry) => `${render(entry)}\n`).join('')).catch((error: unknown) => {
    throw writeError(error, file, 'manifest');
  });
  const durationSec = entries.reduce((sum, entry) => sum + (entry.durationSec ?? 0), 0);
  return {
    file,
    utterances: entries.length,
    durationSec: Math.round(durationSec * 1e3) / 1e3,
    speakers: new Set(entries.flatMap(({ speaker }) => speaker ?? [])).size,
  };
}

/** A recording's path as a manifest writes it: from its own folder, with `/`. */
export const pathIn = (manifest: string, audioFile: string): string =>
  relative(dirname(resolve(manifest)), resolve(audioFile))
    .split(sep)
    .join('/');

/** The line of an utterance for a manifest in another folder; its other keys stay, and in the same folder all of it. */
export function moveUtterance(utterance: Utterance, manifest: string): string {
  const { file, audioFilepath, source } = utterance;
  const folder = dirname(resolve(file));
  const moved = isAbsolute(audioFilepath) ? audioFilepath : pathIn(manifest, resolve(folder, audioFilepath));
  // The lines of other documents are no JSON.
  if (utterance.places) return renderUtterance({ ...withoutSource(utterance), audioFilepath: moved });
  if (isAbsolute(audioFilepath) || folder === dirname(resolve(manifest))) return source.replace(/^\uFEFF|\r$/g, '');
  // Its length may have been measured, and is not part of what was written.
  const { durationSec: _, ...written } = utterance;
  return renderUtterance({ ...written, audioFilepath: moved });
}

const withoutSource = ({ source: _, ...utterance }: Utterance) => utterance;

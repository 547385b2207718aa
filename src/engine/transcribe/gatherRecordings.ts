import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseManifest } from '../../asr/manifest.ts';
import { loadResampler } from '../../dsp/resample.ts';
import type { Problem } from '../../shared/problem.ts';
import { problemOf } from '../../training/data/clipReader.ts';
import { withClipStream } from '../../training/data/clipStream.ts';
import { fileError } from '../../training/fileError.ts';
import { findRecordings } from './findRecordings.ts';
import type { Recording } from './transcribeAll.ts';

/** What the command line asks for. */
export interface Wanted {
  /** Files and folders. */
  operands: readonly string[];
  /** Of the files, in seconds. */
  range: { startSec: number; endSec: number | undefined };
  manifest: string | undefined;
}

/** Recordings of files, folders and a manifest (whose transcripts do not count), in that order. */
export async function gatherRecordings(wanted: Wanted): Promise<{ recordings: Recording[]; problems: Problem[] }> {
  const { startSec, endSec } = wanted.range;
  const { files, problems } = await findRecordings(wanted.operands);
  const recordings = files.map(
    (file): Recording => ({
      audioFilepath: file,
      range: { file, offsetSec: startSec, ...(endSec === undefined ? {} : { durationSec: endSec - startSec }) },
      place: { file },
    }),
  );
  if (wanted.manifest === undefined) return { recordings, problems };
  const listed = await readManifest(wanted.manifest);
  return { recordings: [...recordings, ...listed.recordings], problems: [...problems, ...listed.problems] };
}

async function readManifest(file: string): Promise<{ recordings: Recording[]; problems: Problem[] }> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(error, file, 'manifest');
  });
  const { utterances, problems } = parseManifest(text, file, { textless: true });
  const recordings = utterances.map(
    ({ audioFilepath, offsetSec, durationSec, line }): Recording => ({
      audioFilepath,
      range: {
        file: resolve(dirname(file), audioFilepath),
        // Without an offset the whole file is meant; a stated duration is only checked by lint.
        ...(offsetSec === undefined ? {} : { offsetSec, ...(durationSec === undefined ? {} : { durationSec }) }),
      },
      place: { file, line, column: 1 },
    }),
  );
  return { recordings, problems };
}

/** Recordings by length, the shortest first, so that neighbours fill batches with little padding, and the length of all. */
export async function orderByLength(
  recordings: readonly Recording[],
  sampleRateHz: number,
  failed: (recording: Recording, problem: Problem) => void,
): Promise<{ ordered: Recording[]; totalSec: number }> {
  const resampler = await loadResampler();
  const measured: { recording: Recording; samples: number }[] = [];
  for (const recording of recordings) {
    try {
      const samples = await withClipStream(recording.range, sampleRateHz, resampler, async (clip) => clip.samples);
      measured.push({ recording, samples });
    } catch (error) {
      failed(recording, { ...problemOf(error, recording.range.file), ...recording.place });
    }
  }
  measured.sort((a, b) => a.samples - b.samples);
  const totalSec = measured.reduce((sum, { samples }) => sum + samples, 0) / sampleRateHz;
  return { ordered: measured.map(({ recording }) => recording), totalSec };
}

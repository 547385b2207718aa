import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseManifest } from '../../asr/manifest.ts';
import { loadResampler } from '../../dsp/resample.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { createRandom } from '../../shared/random.ts';
import { clipProblem, readClip } from '../../training/data/clipReader.ts';
import { fileError } from '../../training/fileError.ts';

/** Recordings that an export is compared on. */
export interface ParityClips {
  source: 'noise' | 'speech';
  clips: Float32Array[];
}

const lengthsSec = [0.5, 2.3, 7.1];
const batches = [1, 2, 8];

/** Seeded noise with the level changes of speech: three lengths, each in batches of 1, 2 and 8 of unequal clips. */
export function noiseClips(sampleRateHz: number): ParityClips[] {
  return lengthsSec.flatMap((seconds) =>
    batches.map((size): ParityClips => {
      const length = (row: number) => (seconds * (size - row / 2)) / size;
      return {
        source: 'noise',
        clips: Array.from({ length: size }, (_, row) => makeNoise(sampleRateHz, length(row), row)),
      };
    }),
  );
}

function makeNoise(sampleRateHz: number, seconds: number, row: number): Float32Array {
  const random = createRandom('parity', row);
  const samples = new Float32Array(Math.round(seconds * sampleRateHz));
  let level = 0;
  let smooth = 0;
  for (let i = 0; i < samples.length; i++) {
    if (i % Math.round(sampleRateHz / 12) === 0) level = 0.3 * random.next() ** 3;
    smooth += 0.3 * (random.normal() - smooth);
    samples[i] = level * smooth;
  }
  return samples;
}

/** The first eight utterances of a manifest that can be read, in batches of 1, 2 and 8. Throws a UserError when there is none. */
export async function speechClips(
  manifest: string,
  sampleRateHz: number,
  report: (problem: Problem) => void,
): Promise<ParityClips[]> {
  const text = await readFile(manifest, 'utf8').catch((error: unknown) => {
    throw fileError(error, manifest, 'manifest');
  });
  const resampler = await loadResampler();
  const clips: Float32Array[] = [];
  for (const { audioFilepath, file, line, offsetSec, durationSec } of parseManifest(text, manifest).utterances) {
    if (clips.length === Math.max(...batches)) break;
    const range = {
      file: resolve(dirname(file), audioFilepath),
      ...(offsetSec === undefined ? {} : { offsetSec, ...(durationSec === undefined ? {} : { durationSec }) }),
    };
    const clip = await readClip(range, sampleRateHz, resampler).catch((error: unknown) => {
      report({ ...clipProblem(error, range.file), file, line });
    });
    if (clip) clips.push(clip);
  }
  if (clips.length === 0) throw new UserError(`${manifest}: no utterance to compare on`);
  return [...new Set(batches.map((size) => Math.min(size, clips.length)))].map((size) => ({
    source: 'speech',
    clips: clips.slice(0, size),
  }));
}

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseManifest } from '../../asr/manifest.ts';
import type { AugmentConfig } from '../../shared/config/schema.ts';
import type { Problem } from '../../shared/problem.ts';
import { fileReason } from '../fileError.ts';
import { augmentationOf } from './augmentClip.ts';
import type { ClipHeader, ClipRange } from './clipReader.ts';
import type { NoiseClip } from './noiseClip.ts';

export interface NoiseSet {
  clips: NoiseClip[];
  /** `entry` is the index in augment.noise.files; a problem in a manifest has its own file and line. */
  problems: (Problem & { entry: number })[];
}

/** Headers of recordings, in their order. */
export type Probe = (clips: ClipRange[]) => Promise<(ClipHeader | Problem)[]>;

const probeChunk = 64;

/**
 * The recordings behind augment.noise.files: paths of audio, and of manifests (.jsonl, `text` not needed). One that
 * cannot be read is a problem, and training goes on without it.
 */
export async function loadNoise(files: readonly string[], probe: Probe): Promise<NoiseSet> {
  const problems: NoiseSet['problems'] = [];
  const listed: Listed[] = [];
  for (const [entry, file] of files.entries()) {
    if (isNoiseManifest(file)) listed.push(...(await readNoiseManifest(file, entry, problems)));
    else listed.push({ range: { file }, entry });
  }
  const clips: NoiseClip[] = [];
  for (let start = 0; start < listed.length; start += probeChunk) {
    const part = listed.slice(start, start + probeChunk);
    const headers = await probe(part.map(({ range }) => range));
    for (const [i, header] of headers.entries()) {
      const { range, entry, place } = part[i]!;
      if ('severity' in header) problems.push({ ...header, severity: 'warning', ...place, entry });
      else clips.push({ range, samples: header.samples });
    }
  }
  if (files.length > 0 && clips.length === 0) {
    const message = 'augment.noise.files holds no recording that can be read: no noise is added';
    problems.push({ code: 'no-noise', severity: 'warning', message, entry: 0 });
  }
  return { clips, problems };
}

export const isNoiseManifest = (file: string) => file.endsWith('.jsonl');

interface Listed {
  range: ClipRange;
  entry: number;
  place?: { file: string; line: number; column: number };
}

async function readNoiseManifest(file: string, entry: number, problems: NoiseSet['problems']): Promise<Listed[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const reason = fileReason(error);
    if (reason === undefined) throw error;
    problems.push({ code: 'manifest-missing', severity: 'warning', message: `cannot read ${file}: ${reason}`, entry });
    return [];
  }
  const manifest = parseManifest(text, file, { textless: true });
  problems.push(...manifest.problems.map((problem) => ({ ...problem, entry })));
  return manifest.utterances.map(({ audioFilepath, offsetSec, durationSec, line }) => ({
    range: {
      file: resolve(dirname(file), audioFilepath),
      ...(offsetSec === undefined ? {} : { offsetSec, ...(durationSec === undefined ? {} : { durationSec }) }),
    },
    entry,
    place: { file, line, column: 1 },
  }));
}

/** Which recording an utterance's draw chooses in an epoch. */
export function noiseChooser(setup: { augment: AugmentConfig; seed: number }, clips: readonly NoiseClip[]) {
  return (key: string, epoch: number): NoiseClip | undefined => {
    if (clips.length === 0) return undefined;
    const { noise } = augmentationOf(setup, epoch, key);
    return noise && clips[Math.floor(noise.choice * clips.length)];
  };
}

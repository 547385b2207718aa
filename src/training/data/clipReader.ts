import { existsSync } from 'node:fs';
import { AudioError } from '../../dsp/audioError.ts';
import { type AudioClip, openAudio } from '../../dsp/audioFile.ts';
import { lengthAtRate, readAtRate } from '../../dsp/readAtRate.ts';
import type { Resampler } from '../../dsp/resample.ts';
import type { Problem } from '../../shared/problem.ts';
import { fileReason } from '../fileError.ts';
import { withFile } from './fileSource.ts';

/** The part of an audio file that an utterance is. */
export interface ClipRange {
  file: string;
  offsetSec?: number;
  durationSec?: number;
}

export interface ClipHeader {
  /** Length at `sampleRateHz` of the features, after resampling. */
  samples: number;
  problems: Problem[];
}

/** Reads the header only: how long the utterance will be at `sampleRateHz`. */
export function probeClip(range: ClipRange, sampleRateHz: number): Promise<ClipHeader> {
  return withFile(range.file, async (source) => {
    const clip = await openAudio(source);
    const { count } = someFrames(clip, range);
    return { samples: lengthAtRate(count, clip.info.sampleRateHz, sampleRateHz), problems: clip.info.problems };
  });
}

/** Mono samples at `sampleRateHz`, exactly as many as `probeClip` said. */
export function readClip(range: ClipRange, sampleRateHz: number, resampler: Resampler): Promise<Float32Array> {
  return withFile(range.file, async (source) => {
    const clip = await openAudio(source);
    const { start, count } = someFrames(clip, range);
    return readAtRate(clip, start, count, sampleRateHz, resampler);
  });
}

/** Length after speed perturbation, known before the audio is read, so that batches can be planned. */
export function lengthAtSpeed(samples: number, speed: number): number {
  return Math.max(1, Math.round(samples / speed));
}

/** A file that vanished or cannot be read, as the problem it is for the manifest line that names it; bugs pass through. */
export function clipProblem(error: unknown, file: string): Problem {
  if (error instanceof AudioError) return { ...error.problem, message: `${file}: ${error.problem.message}` };
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return { code: 'audio-missing', severity: 'error', message: `there is no file ${file}${describeTwin(path)}` };
  if (typeof code === 'string' && syscall !== undefined) {
    const message = `cannot read ${file}: ${fileReason(error) ?? code}`;
    return { code: 'audio-unreadable', severity: 'error', message };
  }
  throw error;
}

/** Training never dies of a recording, not even of one that a decoder here has a defect for. */
export function problemOf(error: unknown, file: string): Problem {
  try {
    return clipProblem(error, file);
  } catch {
    const reason = error instanceof Error ? error.message : String(error);
    return { code: 'audio-failed', severity: 'error', message: `${file}: reading it failed unexpectedly (${reason})` };
  }
}

/** macOS writes é as e and an accent, most others as one character; the names look the same and are not. */
function describeTwin(path: string | undefined): string {
  if (path === undefined) return '';
  const twin = (['NFC', 'NFD'] as const).find(
    (form) => path.normalize(form) !== path && existsSync(path.normalize(form)),
  );
  return twin
    ? `; one that looks the same exists, its accents written as Unicode ${twin}: rename it or change the manifest`
    : '';
}

/** The same, where audio is needed: an empty range throws an AudioError that says why. */
export function someFrames(clip: AudioClip, range: ClipRange): { start: number; count: number } {
  const { start, count } = frameRange(clip, range);
  if (count > 0) return { start, count };
  const { frames, durationSec } = clip.info;
  const why =
    frames === 0
      ? 'it holds no samples'
      : start < frames
        ? 'the range is empty'
        : `it ends at ${durationSec.toFixed(2)} s`;
  throw new AudioError('audio-no-data', `no audio there: ${why}`);
}

/** The frames of a clip that a range stands for, cut to the clip. */
export function frameRange(
  clip: AudioClip,
  { offsetSec = 0, durationSec }: ClipRange,
): { start: number; count: number } {
  const { frames, sampleRateHz } = clip.info;
  const start = Math.min(frames, Math.round(offsetSec * sampleRateHz));
  const wanted = durationSec === undefined ? frames : Math.round(durationSec * sampleRateHz);
  return { start, count: Math.max(0, Math.min(wanted, frames - start)) };
}

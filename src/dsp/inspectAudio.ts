import type { Problem } from '../shared/problem.ts';
import type { AudioClip, AudioInfo } from './audioClip.ts';
import { audioWarning } from './audioError.ts';
import { openAudio } from './audioFile.ts';
import { bandwidthProblem, createBandwidthMeter } from './bandwidth.ts';
import type { ByteSource } from './byteSource.ts';
import { type ChannelLevels, createLevelMeter, measureMix, overRange, stepOf } from './levels.ts';

/** Levels over the whole clip; amplitudes as fractions of full scale. */
export interface AudioLevels {
  peak: number;
  rms: number;
  /** Samples in runs of at least three at the limit, over all channels. */
  clippedSamples: number;
  /** NaN or infinite, over all channels. */
  notFinite: number;
  channels: ChannelLevels[];
}

export interface AudioInspection extends AudioInfo {
  levels: AudioLevels;
}

export interface FrameSpan {
  startFrame: number;
  frames: number;
}

/** Samples of all channels held at a time. */
const chunkSamples = 1 << 16;

/**
 * Everything that can be said of a recording without listening: what openAudio says, and what its samples show.
 * Streams through the clip in chunks. Throws AudioError when it cannot be decoded to its end.
 * `fileName` is compared with the content.
 */
export async function inspectAudio(source: ByteSource, fileName?: string): Promise<AudioInspection> {
  const clip = await openAudio(source);
  const problems = [...clip.info.problems];
  if (fileName) problems.push(...nameProblems(fileName, clip.info));
  const found = await inspectSamples(clip);
  problems.push(...found.problems);
  return { ...clip.info, problems, levels: found.levels };
}

/** What only the samples of a clip, or of a span inside it, show: silence, clipping, NaN, narrow bandwidth… Walks through them once. */
export async function inspectSamples(
  clip: AudioClip,
  span: FrameSpan = { startFrame: 0, frames: clip.info.frames },
): Promise<{ levels: AudioLevels; problems: Problem[] }> {
  const { channels, sampleRateHz, encoding } = clip.info;
  const { frames } = span;
  const end = span.startFrame + frames;
  const meters = Array.from({ length: channels }, () => createLevelMeter(stepOf(encoding)));
  const bandwidth = createBandwidthMeter(frames);
  const mix = { square: 0, channelSquare: 0 };
  const step = Math.max(1, Math.floor(chunkSamples / channels));
  for (let start = span.startFrame; start < end; start += step) {
    const parts = await clip.readSamples(start, Math.min(step, end - start));
    for (let c = 0; c < channels; c++) meters[c]!.add(parts[c]!, start);
    measureMix(mix, parts);
    bandwidth.add(parts[0]!);
  }
  const each = meters.map((meter) => meter.finish());
  const sum = (pick: (one: ChannelLevels) => number) => each.reduce((total, one) => total + pick(one), 0);
  const levels: AudioLevels = {
    peak: Math.max(0, ...each.map((one) => one.peak)),
    rms: Math.sqrt(sum((one) => one.rms ** 2) / channels),
    clippedSamples: sum((one) => one.clippedSamples),
    notFinite: sum((one) => one.notFinite),
    channels: each,
  };
  const problems = frames === 0 ? [] : [...levelProblems(clip.info, frames, levels), ...mixProblems(levels, mix)];
  const narrow = levels.notFinite === 0 ? bandwidthProblem(bandwidth, sampleRateHz) : undefined;
  return { levels, problems: narrow ? [...problems, narrow] : problems };
}

const nearSilence = 10 ** (-60 / 20);
const maxOffset = 0.05;
const maxClippedShare = 0.001;

function levelProblems(info: AudioInfo, frames: number, levels: AudioLevels): Problem[] {
  const found: Problem[] = [];
  const decibels = (x: number) => `${(20 * Math.log10(x)).toFixed(1)} dB`;
  if (levels.notFinite > 0) {
    const first = Math.min(...levels.channels.map((one) => one.firstNotFinite ?? Infinity));
    const time = (first / info.sampleRateHz).toFixed(3);
    const message = `${levels.notFinite} samples are NaN or infinite, the first at ${time} s; export the recording again`;
    found.push({ code: 'audio-not-finite', severity: 'error', message });
  }
  if (levels.peak === 0) found.push(audioWarning('audio-silent', 'silent: every sample is zero'));
  else if (levels.peak < nearSilence)
    found.push(audioWarning('audio-silent', `silent: its peak is ${decibels(levels.peak)}`));
  const clipped = levels.clippedSamples / (frames * info.channels);
  if (clipped > maxClippedShare)
    found.push(audioWarning('clipped', `clipped: ${(100 * clipped).toFixed(1)} % of the samples stand at the limit`));
  if (levels.peak > overRange)
    found.push(audioWarning('audio-over-range', `floats reach ${levels.peak.toFixed(2)}; full scale is 1`));
  const offset = levels.channels.map((one) => one.mean).find((mean) => Math.abs(mean) > maxOffset);
  if (offset !== undefined)
    found.push(audioWarning('dc-offset', `a constant offset of ${offset.toFixed(2)} of full scale`));
  if (info.encoding === 'pcm-s16' && levels.channels.some((one) => one.looksSwapped))
    found.push(
      audioWarning('audio-content', 'noise that becomes smooth when its bytes are swapped: wrong byte order?'),
    );
  return found;
}

/** Features are made of the mean of the channels; say so where that loses the recording. */
function mixProblems(levels: AudioLevels, mix: { square: number; channelSquare: number }): Problem[] {
  if (levels.channels.length < 2 || levels.peak < nearSilence) return [];
  const silent = levels.channels.flatMap((one, c) => (one.peak === 0 ? [c + 1] : []));
  if (silent.length > 0)
    return [
      audioWarning('audio-channels', `channel ${silent.join(', ')} is silent, so the mean of the channels is quieter`),
    ];
  if (mix.square < 0.05 * mix.channelSquare)
    return [audioWarning('audio-channels', 'the channels cancel each other in their mean; keep one of them')];
  return [];
}

const extensions: Record<string, readonly AudioInfo['container'][]> = {
  wav: ['riff', 'rifx', 'rf64', 'bw64'],
  wave: ['riff', 'rifx', 'rf64', 'bw64'],
  bwf: ['riff', 'rf64', 'bw64'],
  rf64: ['rf64', 'bw64'],
  flac: ['flac'],
  mp3: ['mp3'],
  ...{ ogg: ['ogg'], oga: ['ogg'], opus: ['ogg'] },
};

/** A name that promises another format misleads other tools; here the content counts. */
export function nameProblems(fileName: string, info: AudioInfo): Problem[] {
  const extension = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
  if (!extension || (Object.hasOwn(extensions, extension) && extensions[extension]!.includes(info.container)))
    return [];
  const really = ({ flac: 'FLAC', mp3: 'MP3', ogg: 'Ogg' } as Record<string, string>)[info.container] ?? 'WAV';
  return [
    audioWarning('audio-name', `the name ends in .${extension}, the content is ${really}; other tools may refuse it`),
  ];
}

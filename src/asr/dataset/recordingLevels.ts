import { AudioError } from '../../dsp/audioError.ts';
import { type AudioClip, openAudio } from '../../dsp/audioFile.ts';
import type { ByteSource } from '../../dsp/byteSource.ts';
import { inspectSamples } from '../../dsp/inspectAudio.ts';
import type { LevelStatistics } from '../../shared/datasetFacts.ts';
import { createRandom } from '../../shared/random.ts';
import type { Utterance } from '../manifest.ts';
import { countInBins, planBins } from './histogram.ts';

/** What the samples of one utterance amount to. */
export interface RecordingLevel {
  /** Decibels of full scale; −120 for silence. */
  rmsDb: number;
  peakDb: number;
  clippedSamples: number;
  /** `16000 Hz, pcm-s16, 1 channel` */
  format: string;
}

/** Enough to tell a level within a decibel or two, and quick to hear. */
export const sampledRecordings = 400;
/** Of a long recording its beginning is heard. */
const heardSec = 60;
const silenceDb = -120;
const quietDb = -45;

/** The same ones for the same manifest: drawn evenly, without repetition. */
export function sampleUtterances(utterances: readonly Utterance[], count = sampledRecordings): Utterance[] {
  if (utterances.length <= count) return [...utterances];
  return createRandom('level sample', utterances.length)
    .shuffle([...utterances.keys()])
    .slice(0, count)
    .sort((a, b) => a - b)
    .map((index) => utterances[index]!);
}

/** Frames of the recording that are the utterance. */
export function utteranceFrames(
  { info }: Pick<AudioClip, 'info'>,
  { offsetSec, durationSec }: Pick<Utterance, 'offsetSec' | 'durationSec'>,
): { startFrame: number; frames: number } {
  const startFrame = Math.min(info.frames, Math.round((offsetSec ?? 0) * info.sampleRateHz));
  // Without an offset the utterance is the whole recording, whatever its line says.
  const wanted = offsetSec === undefined || durationSec === undefined ? Number.POSITIVE_INFINITY : durationSec;
  return { startFrame, frames: Math.min(Math.round(wanted * info.sampleRateHz), info.frames - startFrame) };
}

/** Hears one utterance. Throws AudioError where its recording cannot be decoded or ends before it. */
export async function measureLevel(source: ByteSource, utterance: Utterance): Promise<RecordingLevel> {
  const clip = await openAudio(source);
  const { startFrame, frames } = utteranceFrames(clip, utterance);
  if (frames <= 0) throw new AudioError('audio-no-data', 'there is no audio: the recording ends before');
  const span = { startFrame, frames: Math.min(frames, heardSec * clip.info.sampleRateHz) };
  const { levels } = await inspectSamples(clip, span);
  const { rms, peak, clippedSamples } = levels;
  return { rmsDb: inDecibels(rms), peakDb: inDecibels(peak), clippedSamples, format: formatOf(clip) };
}

/** Seconds of an utterance by its recording's header. Throws AudioError. */
export async function measureDuration(
  source: ByteSource,
  utterance: Pick<Utterance, 'offsetSec' | 'durationSec'>,
): Promise<number> {
  const clip = await openAudio(source);
  return utteranceFrames(clip, utterance).frames / clip.info.sampleRateHz;
}

export function summarizeLevels(heard: Iterable<RecordingLevel>, sampled: number, unreadable: number): LevelStatistics {
  const levels = [...heard];
  const formats = new Map<string, number>();
  for (const { format } of levels) formats.set(format, (formats.get(format) ?? 0) + 1);
  const rmsDb = levels.map((level) => level.rmsDb);
  return {
    ...{ sampled, unreadable, heard: levels.length },
    rmsDb: countInBins(rmsDb, planBins(rmsDb, false)),
    clipped: levels.filter(({ clippedSamples }) => clippedSamples > 0).length,
    quiet: levels.filter((level) => level.rmsDb < quietDb).length,
    formats: [...formats].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
  };
}

export const inDecibels = (amplitude: number): number =>
  amplitude > 0 && Number.isFinite(amplitude) ? Math.max(silenceDb, 20 * Math.log10(amplitude)) : silenceDb;

export const formatOf = ({ info }: Pick<AudioClip, 'info'>): string =>
  `${info.sampleRateHz} Hz, ${info.encoding}, ${info.channels} channel${info.channels === 1 ? '' : 's'}`;

import type { Word } from '../../asr/words.ts';
import { AudioError } from '../../dsp/audioError.ts';
import { openAudio } from '../../dsp/audioFile.ts';
import type { ByteSource } from '../../dsp/byteSource.ts';
import { loadResampler } from '../../dsp/resample.ts';
import { longestSec } from '../model/recognizer.ts';
import { cutAtPauses } from '../model/segments.ts';
import { HttpError } from './httpError.ts';
import { openMono } from './monoSource.ts';
import type { ServedModel } from './servedModel.ts';

export interface Transcript {
  text: string;
  words: Word[];
  durationSec: number;
}

/**
 * The text of a WAV or FLAC file, the same as `asr transcribe` gives, with no more than a piece of it in memory. Throws
 * HttpError for what is no audio or too long, and the signal's reason once that is given.
 */
export async function transcribeSource(
  file: ByteSource,
  model: ServedModel,
  maxAudioSec: number,
  signal: AbortSignal,
): Promise<Transcript> {
  try {
    return await transcribePieces(file, model, maxAudioSec, signal);
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    const message = error.problem.message.replace(/[;,] (or )?remove it from the manifest/, '');
    throw new HttpError(400, message, { code: error.problem.code, param: 'file' });
  }
}

async function transcribePieces(
  file: ByteSource,
  model: ServedModel,
  maxAudioSec: number,
  signal: AbortSignal,
): Promise<Transcript> {
  const clip = await openAudio(file);
  const { durationSec, frames } = clip.info;
  if (frames === 0) throw new AudioError('audio-no-data', 'the file holds no samples');
  if (durationSec > maxAudioSec)
    throw new HttpError(413, `the recording is ${durationSec.toFixed(1)} s long; this server takes ${maxAudioSec} s`, {
      ...{ code: 'audio_too_long', param: 'file' },
    });
  const rate = model.sampleRateHz;
  const source = openMono(clip, rate, await loadResampler());
  const longest = Math.floor(longestSec * rate);
  const words: Word[] = [];
  for (let start = 0; start < source.length; ) {
    // One sample more than a piece may have says that it is not the last.
    const ahead = await source.read(start, longest + 1);
    const [piece] = cutAtPauses(ahead, rate, longestSec);
    signal.throwIfAborted();
    words.push(...(await model.recognize(ahead.subarray(0, piece!.end), start / rate)).words);
    signal.throwIfAborted();
    start += piece!.end;
  }
  return { text: words.map(({ text }) => text).join(' '), words, durationSec: source.length / rate };
}

import { type AudioClip, clampRange } from './audioClip.ts';
import { AudioError } from './audioError.ts';
import type { ByteSource } from './byteSource.ts';
import { asciiText, identifyContainer, refuseContainer } from './containers.ts';
import { openFlac } from './flac/flacClip.ts';
import { openWav } from './wav/wavClip.ts';

export type { AudioClip, AudioInfo } from './audioClip.ts';

/**
 * Opens WAV (RIFF, RIFX, RF64, BW64), FLAC, MP3, Ogg Vorbis or Ogg Opus by what the bytes say, not by the file's name.
 * Reads only the header of WAV and FLAC; the others are decoded to their end and held. Throws AudioError with a code and a remedy when the audio cannot be decoded.
 */
export async function openAudio(source: ByteSource): Promise<AudioClip> {
  const head = await source.read(0, 64);
  if (head.length === 0) throw new AudioError('audio-not-audio', 'the file is empty; record or export it again');
  const container = identifyContainer(head);
  if (container === 'ID3 tag') {
    // Tags before the FLAC marker are against its rules but common; without one after the tag this is MP3.
    const size = 10 + [6, 7, 8, 9].reduce((sum, i) => sum * 128 + (head[i]! & 127), 0);
    if (asciiText(await source.read(size, 4)) === 'fLaC') return openFlac(source, size);
    return (await compressed.mp3()).openMp3(source, size);
  }
  switch (container) {
    case 'riff':
    case 'rifx':
    case 'rf64':
    case 'bw64':
      return openWav(source, container);
    case 'flac':
      return openFlac(source);
    case 'mp3':
      return (await compressed.mp3()).openMp3(source, 0);
    case 'ogg':
      return (await compressed.ogg()).openOgg(source);
    default:
      throw refuseContainer(container, head);
  }
}

/** Who opens none of them does not load their decoders. */
const compressed = {
  mp3: () => import('./compressed/openMp3.ts'),
  ogg: () => import('./compressed/openOgg.ts'),
};

/** Bounds what is held at a time when all channels must be decoded to give one. */
const samplesPerRead = 1 << 18;

/**
 * The mean of the channels over [startFrame, startFrame + frameCount), cut to the clip.
 * NaN or infinity among the samples throws `audio-not-finite`, since one such sample spoils every frame and batch it is in.
 */
export async function readMono(clip: AudioClip, startFrame: number, frameCount: number): Promise<Float32Array> {
  const { channels, frames, sampleRateHz } = clip.info;
  const [start, end] = clampRange(startFrame, frameCount, frames);
  const mono = new Float32Array(end - start);
  const step = Math.max(1, Math.floor(samplesPerRead / channels));
  for (let from = start; from < end; from += step) {
    const parts = await clip.readSamples(from, Math.min(step, end - from));
    const bad = mixInto(mono, from - start, parts);
    if (bad >= 0) {
      const timeSec = ((start + bad) / sampleRateHz).toFixed(3);
      throw new AudioError(
        'audio-not-finite',
        `sample ${start + bad} (${timeSec} s) is not a finite number; export the recording again as 16-bit PCM`,
      );
    }
  }
  return mono;
}

/** Writes the mean of the channels; returns the index of the first value that is not finite, or −1. */
function mixInto(mono: Float32Array, offset: number, channels: Float32Array[]): number {
  const [first, ...others] = channels as [Float32Array, ...Float32Array[]];
  const count = first.length;
  if (others.length === 0) mono.set(first, offset);
  else {
    const scale = 1 / channels.length;
    for (let i = 0; i < count; i++) {
      let sum = first[i]!;
      for (const other of others) sum += other[i]!;
      mono[offset + i] = sum * scale;
    }
  }
  for (let i = offset; i < offset + count; i++) {
    const x = mono[i]!;
    // NaN and infinity are the numbers that are not zero when taken from themselves.
    if (x - x !== 0) return i;
  }
  return -1;
}

import type { ClipFacts } from '../../src/shared/protocol/spectrogram.ts';
import { mixedChannels } from '../../src/shared/protocol/spectrogram.ts';
import { formatDuration } from '../ui/axisText.ts';
import { fill } from '../ui/fill.ts';
import type { Strings } from './strings.ts';

const containers: Record<string, string> = {
  riff: 'WAV',
  rifx: 'WAV (RIFX)',
  rf64: 'RF64',
  bw64: 'BW64',
  flac: 'FLAC',
  ogg: 'Ogg',
};
const encodings: [RegExp, string][] = [
  [/^pcm-[su](\d+)/, '$1-bit PCM'],
  [/^float-(\d+)/, '$1-bit float'],
  [/^flac-s(\d+)/, '$1-bit FLAC'],
  [/^a-law/, 'A-law'],
  [/^mu-law/, 'µ-law'],
  [/^ima-adpcm/, 'IMA ADPCM'],
  [/^ms-adpcm/, 'MS ADPCM'],
  [/^mp3/, 'MP3'],
  [/^vorbis/, 'Ogg Vorbis'],
  [/^opus/, 'Ogg Opus'],
];

export const containerText = (name: string): string => containers[name] ?? name.toUpperCase();

export function encodingText(name: string): string {
  const known = encodings.find(([pattern]) => pattern.test(name));
  return known ? name.replace(known[0], known[1]) : name;
}

export const rateText = (hz: number): string => `${+(hz / 1000).toFixed(3)} kHz`;

export function channelsText(count: number, text: Strings): string {
  return count === 1 ? text.mono : count === 2 ? text.stereo : fill(text.channelCount, count);
}

/** All facts in one line. */
export function factsText(facts: ClipFacts, text: Strings): string {
  return [
    formatDuration(facts.durationSec),
    rateText(facts.sampleRateHz),
    channelsText(facts.channels, text),
    encodingText(facts.encoding),
  ].join(' · ');
}

export function channelName(channel: number, count: number, text: Strings): string {
  return count === 2 ? [text.left, text.right][channel]! : fill(text.channelNumber, channel + 1);
}

/** What can be heard and seen of a file with several channels. */
export function channelChoices(count: number, text: Strings): { value: string; text: string }[] {
  const single = Array.from({ length: count }, (_, channel) => ({
    value: String(channel),
    text: channelName(channel, count, text),
  }));
  return [{ value: String(mixedChannels), text: text.mixed }, ...single];
}

/** Amplitude relative to full scale. */
export function amplitudeText(amplitude: number): string {
  if (amplitude === 0) return '−∞ dBFS';
  const db = 20 * Math.log10(amplitude);
  return `${db < 0 ? '−' : '+'}${Math.abs(db).toFixed(1)} dBFS`;
}

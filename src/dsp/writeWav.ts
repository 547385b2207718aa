import wavefile from 'wavefile/dist/wavefile.js';

/**
 * A 16-bit PCM WAV file of one or more channels, values −1..1 (beyond is clipped, NaN becomes 0).
 * What openAudio reads from it is exactly what a 16-bit file can hold: round(x · 32768) / 32768.
 */
export function writeWav(channels: Float32Array[], sampleRateHz: number): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  if (channels.length === 0 || channels.some((samples) => samples.length !== frames))
    throw new Error('writeWav needs at least one channel, all of one length');
  const interleaved = new Int16Array(frames * channels.length);
  channels.forEach((samples, channel) => {
    for (let i = 0; i < frames; i++) {
      const value = Math.round(samples[i]! * 32768);
      interleaved[i * channels.length + channel] = Math.max(-32768, Math.min(32767, value));
    }
  });
  const file = new wavefile.WaveFile();
  file.fromScratch(channels.length, sampleRateHz, '16', interleaved);
  return file.toBuffer();
}

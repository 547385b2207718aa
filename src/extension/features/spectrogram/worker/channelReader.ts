import type { AudioClip } from '../../../../dsp/audioFile.ts';
import { mixChannels } from '../../../../dsp/mixChannels.ts';
import { type ChannelChoice, mixedChannels } from '../../../../shared/protocol/spectrogram.ts';

/** One channel of a clip, or the mean of all, read by ranges. */
export interface ChannelReader {
  readonly sampleRateHz: number;
  readonly totalSamples: number;
  /** The range is cut to the clip. Values that are not finite are read as 0 and counted. */
  read(startSample: number, sampleCount: number): Promise<Float32Array>;
  readonly notFinite: { count: number; firstSample: number };
}

export function createChannelReader(clip: AudioClip, channel: ChannelChoice): ChannelReader {
  const { channels, frames, sampleRateHz } = clip.info;
  const notFinite = { count: 0, firstSample: -1 };
  const marked = new Set<number>();
  return {
    sampleRateHz,
    totalSamples: frames,
    notFinite,
    async read(startSample, sampleCount) {
      const start = Math.max(0, Math.min(frames, startSample));
      const count = Math.max(0, Math.min(frames, startSample + sampleCount) - start);
      const parts = await clip.readSamples(start, count);
      const samples =
        channel !== mixedChannels && channel < channels
          ? parts[channel]!
          : channels === 1
            ? parts[0]!
            : mixChannels(parts);
      for (let i = 0; i < samples.length; i++) {
        if (Number.isFinite(samples[i]!)) continue;
        samples[i] = 0;
        // Ranges overlap and are read again, so each place counts once; beyond the cap the exact number tells nobody more.
        if (marked.size < 100_000) marked.add(start + i);
        notFinite.count = marked.size;
        if (notFinite.firstSample < 0 || start + i < notFinite.firstSample) notFinite.firstSample = start + i;
      }
      return samples;
    },
  };
}

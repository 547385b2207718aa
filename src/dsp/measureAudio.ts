import type { AudioFigures, ChannelFigures } from '../shared/audioFigures.ts';
import type { AudioClip } from './audioClip.ts';
import { createBlockWalk } from './blockWalk.ts';
import { createSnrMeter } from './estimateSnr.ts';
import { createPowerSpectrum } from './fft.ts';
import { createLevelMeter, stepOf } from './levels.ts';

export interface MeasureOptions {
  /** After each piece with the share that is done; what it returns is awaited. True ends the measuring. */
  pause?(done: number): Promise<boolean>;
}

/** Samples of all channels held at a time. */
const pieceSamples = 1 << 16;
/** Further channels are not measured. */
export const mostMeasuredChannels = 64;

/**
 * Measures every sample of a stretch, reading it in pieces: what is held grows by 8 bytes per 10 ms and channel.
 * Undefined when it was ended early. Throws AudioError when the file cannot be read to the stretch's end.
 */
export async function measureAudio(
  clip: AudioClip,
  startFrame: number,
  frameCount: number,
  { pause }: MeasureOptions = {},
): Promise<AudioFigures | undefined> {
  const { channels, sampleRateHz, encoding } = clip.info;
  const start = Math.max(0, Math.min(clip.info.frames, Math.round(startFrame)));
  const frames = Math.max(0, Math.min(clip.info.frames - start, Math.round(frameCount)));
  const measured = Math.min(channels, mostMeasuredChannels);
  const meters = Array.from({ length: measured }, () => createChannelMeter(sampleRateHz, encoding));
  const step = Math.max(1, Math.floor(pieceSamples / channels));
  for (let done = 0; done < frames; done += step) {
    const parts = await clip.readSamples(start + done, Math.min(step, frames - done));
    for (let channel = 0; channel < measured; channel++) meters[channel]!.add(parts[channel]!, start + done);
    if (await pause?.(Math.min(1, (done + step) / frames))) return undefined;
  }
  const durationSec = frames / sampleRateHz;
  return { startFrame: start, frames, durationSec, channels: meters.map((meter) => meter.finish(durationSec)) };
}

function createChannelMeter(sampleRateHz: number, encoding: string) {
  const levels = createLevelMeter(stepOf(encoding));
  const snr = createSnrMeter(sampleRateHz);
  const spectrum = createSpectrumMeter(sampleRateHz);
  let crossings = 0;
  let wasNegative: boolean | undefined;
  return {
    add(samples: Float32Array, firstFrame: number) {
      levels.add(samples, firstFrame);
      for (let i = 0; i < samples.length; i++) {
        const x = samples[i]!;
        if (x - x !== 0) samples[i] = 0;
        const negative = x < 0;
        if (negative !== wasNegative && wasNegative !== undefined) crossings++;
        wasNegative = negative;
      }
      snr.add(samples);
      spectrum.add(samples);
    },
    finish(durationSec: number): ChannelFigures {
      const { peak, rms, mean, clippedSamples, notFinite } = levels.finish();
      const { snrDb, noisePower, silenceShare } = snr.finish();
      return {
        ...{ rms, peak, clippedSamples, dcOffset: mean, notFiniteSamples: notFinite },
        noiseFloor: noisePower === undefined ? undefined : Math.sqrt(noisePower),
        snrDb,
        bandwidthHz: peak > 0 ? spectrum.bandwidthHz() : undefined,
        zeroCrossingsPerSec: durationSec > 0 ? crossings / durationSec : 0,
        silenceShare,
      };
    },
  };
}

const fftSize = 1024;
const belowPeakDb = 60;
/** The main lobe of the window: an offset reaches so far up. */
const lobeBins = 4;

/** Mean power spectrum of all samples (Welch's method, half overlapped): Blackman–Harris, whose side lobes are 92 dB down. */
function createSpectrumMeter(sampleRateHz: number) {
  const { transform } = createPowerSpectrum(fftSize);
  const window = Float64Array.from({ length: fftSize }, (_, i) => {
    const angle = (2 * Math.PI * i) / fftSize;
    return 0.35875 - 0.48829 * Math.cos(angle) + 0.14128 * Math.cos(2 * angle) - 0.01168 * Math.cos(3 * angle);
  });
  const frame = new Float64Array(fftSize);
  const power = new Float64Array(1 + fftSize / 2);
  const total = new Float64Array(power.length);
  let frames = 0;
  const walk = createBlockWalk({ length: fftSize, startOf: (block) => (block * fftSize) / 2 }, (samples, at) => {
    for (let i = 0; i < fftSize; i++) frame[i] = samples[at + i]! * window[i]!;
    transform(frame, power);
    for (let bin = 0; bin < total.length; bin++) total[bin]! += power[bin]!;
    frames++;
  });
  return {
    add: walk.add,
    bandwidthHz(): number | undefined {
      let most = 0;
      for (let bin = lobeBins; bin < total.length; bin++) most = Math.max(most, total[bin]!);
      if (frames === 0 || !(most > 0)) return undefined;
      const limit = most / 10 ** (belowPeakDb / 10);
      let bin = total.length - 1;
      while (total[bin]! < limit) bin--;
      return (bin * sampleRateHz) / fftSize;
    },
  };
}

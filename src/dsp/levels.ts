/** What one channel's samples amount to. */
export interface ChannelLevels {
  peak: number;
  rms: number;
  mean: number;
  clippedSamples: number;
  notFinite: number;
  firstNotFinite: number | undefined;
  /** As 16-bit samples it is far smoother with the bytes of each swapped: read with the wrong byte order. */
  looksSwapped: boolean;
}

export interface LevelMeter {
  /** The next samples; `start` is the index of the first. */
  add(samples: Float32Array, start: number): void;
  finish(): ChannelLevels;
}

/** Shorter flat tops at full scale are normal peaks. */
const clippedRun = 3;

/** Floats beyond full scale are not cut off: nothing is lost yet. */
export const overRange = 1.0001;

/** `stepSize`: how far below 1 the highest integer code lies. */
export function createLevelMeter(stepSize: number): LevelMeter {
  const limit = 1 - 1.5 * stepSize;
  let count = 0;
  let peak = 0;
  let sum = 0;
  let square = 0;
  let notFinite = 0;
  let firstNotFinite: number | undefined;
  let clipped = 0;
  let run = 0;
  let last = 0;
  let lastSwapped = 0;
  let roughness = 0;
  let swappedRoughness = 0;
  const endRun = () => {
    if (run >= clippedRun) clipped += run;
    run = 0;
  };
  return {
    add(samples, start) {
      for (let i = 0; i < samples.length; i++) {
        const x = samples[i]!;
        if (!Number.isFinite(x)) {
          notFinite++;
          firstNotFinite ??= start + i;
          continue;
        }
        count++;
        sum += x;
        square += x * x;
        const size = Math.abs(x);
        if (size > peak) peak = size;
        if (size >= limit && size <= overRange) run++;
        else if (run > 0) endRun();
        roughness += Math.abs(x - last);
        last = x;
        const word = x * 32768;
        const swapped = ((word << 24) >> 16) | ((word >> 8) & 255);
        swappedRoughness += Math.abs(swapped - lastSwapped);
        lastSwapped = swapped;
      }
    },
    finish() {
      endRun();
      const total = Math.max(1, count);
      const rms = Math.sqrt(square / total);
      // Noise of full bandwidth moves by about its own size per sample; speech by a fraction of it.
      const looksSwapped = count > 1000 && roughness / total > 0.9 * rms && swappedRoughness / 32768 < 0.2 * roughness;
      return { peak, rms, mean: sum / total, clippedSamples: clipped, notFinite, firstNotFinite, looksSwapped };
    },
  };
}

/** Adds the energy of the channels' mean, and the mean energy of the channels. */
export function measureMix(mix: { square: number; channelSquare: number }, channels: Float32Array[]): void {
  if (channels.length < 2) return;
  const scale = 1 / channels.length;
  const frames = channels[0]!.length;
  for (let i = 0; i < frames; i++) {
    let sum = 0;
    let square = 0;
    for (let c = 0; c < channels.length; c++) {
      const x = channels[c]![i]!;
      sum += x;
      square += x * x;
    }
    mix.square += (sum * scale) ** 2;
    mix.channelSquare += square * scale;
  }
}

/** The size of one step of an integer encoding: full scale may fall short of 1 by it. */
export function stepOf(encoding: string): number {
  const bits = /s(\d+)$/.exec(encoding)?.[1];
  if (bits) return 2 ** (1 - Number(bits));
  return encoding === 'pcm-u8' ? 2 ** -7 : encoding === 'a-law' || encoding === 'mu-law' ? 0.03 : 0;
}

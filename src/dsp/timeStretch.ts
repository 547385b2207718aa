import { mixChannels } from './mixChannels.ts';

/** Another speed at the same pitch, as samples come. */
export interface TimeStretch {
  /** One array per channel. The output that is certain by now; how the input is cut does not change it. */
  push(channels: Float32Array[]): Float32Array[];
  /** The rest. In all, the output has round(input / speed) samples per channel. */
  flush(): Float32Array[];
}

const windowSec = 0.04;
/** How far a window may be moved to meet the waveform before it: half a period of 50 Hz. */
const toleranceSec = 0.01;

/**
 * WSOLA: windows that overlap by half are laid down at the new speed, each moved a little to where it continues the one
 * before it best, by normalised cross-correlation; all channels are moved alike. Output sample n is input sample
 * n × speed to within 20 ms at speeds of 0.5 to 2, however long the sound: nothing adds up. Speed above 1 is faster.
 * Source: Verhelst & Roelands 1993, "An overlap-add technique based on waveform similarity (WSOLA)".
 */
export function createTimeStretch(sampleRateHz: number, channelCount: number, speed: number): TimeStretch {
  const hop = Math.max(8, Math.round((windowSec * sampleRateHz) / 2));
  const tolerance = Math.round(toleranceSec * sampleRateHz);
  const rising = Float32Array.from({ length: hop }, (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / hop));
  let kept = Array.from({ length: channelCount }, () => new Float32Array(0));
  /** Input sample of the first one kept. */
  let base = 0;
  let pushed = 0;
  let produced = 0;
  /** Where the window before begins in the input. */
  let previous = -hop;

  /** The middle of a window is where its time is. */
  const nominalStart = () => Math.max(0, Math.round((produced + hop) * speed) - hop);
  const layWindows = (ends: number): Float32Array[] => {
    const pieces = kept.map((): Float32Array[] => []);
    const search = createSearch(kept.length === 1 ? kept[0]! : mixChannels(kept), {
      hop,
      tolerance,
      stride: Math.max(1, Math.round(sampleRateHz / 8000)),
    });
    const origin = base;
    for (;;) {
      const nominal = nominalStart();
      if (Math.max(nominal + tolerance, previous) + 2 * hop > ends) break;
      const from = previous + hop;
      const start = produced === 0 ? 0 : search(from - origin, nominal - origin) + origin;
      for (const [channel, samples] of kept.entries())
        pieces[channel]!.push(crossFade(samples, from - origin, start - origin, rising));
      produced += hop;
      previous = start;
    }
    const needed = Math.min(previous + hop, nominalStart() - tolerance);
    if (needed > base) [kept, base] = [kept.map((samples) => samples.slice(needed - base)), needed];
    return pieces.map(concatenate);
  };
  const append = (channels: Float32Array[]) => {
    kept = kept.map((samples, channel) => concatenate([samples, channels[channel]!]));
  };
  return {
    push(channels) {
      append(channels);
      pushed += channels[0]?.length ?? 0;
      return layWindows(pushed);
    },
    flush() {
      const wanted = Math.max(0, Math.round(pushed / speed) - produced);
      const padding = Math.ceil(2 * tolerance + 4 * hop + hop * speed);
      append(kept.map(() => new Float32Array(padding)));
      return layWindows(pushed + padding).map((rest) => rest.slice(0, wanted));
    },
  };
}

/** `from` fades out while `to` fades in; both are places in `samples`. */
function crossFade(samples: Float32Array, from: number, to: number, rising: Float32Array): Float32Array {
  const mixed = new Float32Array(rising.length);
  for (let i = 0; i < mixed.length; i++) {
    const gain = rising[i]!;
    mixed[i] = (samples[from + i] ?? 0) * (1 - gain) + (samples[to + i] ?? 0) * gain;
  }
  return mixed;
}

interface SearchRange {
  hop: number;
  tolerance: number;
  stride: number;
}

/** Finds the place near `nominal` that is most like what follows `reference`: coarsely at first, then sample by sample. */
function createSearch(samples: Float32Array, { hop, tolerance, stride }: SearchRange) {
  return (reference: number, nominal: number): number => {
    let best = { start: nominal, likeness: 0 };
    const look = (start: number, step: number) => {
      if (start < 0) return;
      const found = likeness(samples, reference, start, hop, step);
      // The nearest of equals: silence stays where it is.
      if (found > best.likeness + 1e-9) best = { start, likeness: found };
    };
    const lookAround = (middle: number, reach: number, step: number) => {
      best = { start: middle, likeness: likeness(samples, reference, middle, hop, step) };
      for (let offset = step; offset <= reach; offset += step) {
        look(middle + offset, step);
        look(middle - offset, step);
      }
    };
    lookAround(nominal, tolerance, stride);
    if (stride > 1) lookAround(best.start, stride - 1, 1);
    return best.start;
  };
}

function likeness(samples: Float32Array, reference: number, start: number, length: number, stride: number): number {
  let [product, energy] = [0, 1e-12];
  for (let i = 0; i < length; i += stride) {
    const value = samples[start + i] ?? 0;
    product += value * (samples[reference + i] ?? 0);
    energy += value * value;
  }
  return product / Math.sqrt(energy);
}

function concatenate(parts: Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

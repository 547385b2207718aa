import type { AudioClip } from '../../../../dsp/audioFile.ts';
import type { RecordingFigures, SampleDifference } from '../../../../shared/protocol/spectrogramDifference.ts';

/** A clip that is open, with the size of its file. */
export interface SizedClip {
  clip: AudioClip;
  sizeBytes: number;
}

export interface ClipDifference {
  before: RecordingFigures;
  now: RecordingFigures;
  samples: SampleDifference;
}

const blockFrames = 65_536;

/**
 * Reads both clips from start to end, a block of each at a time, and compares them sample by sample. `pause` lets others
 * have their turn between blocks.
 */
export async function compareClips(
  before: SizedClip,
  now: SizedClip,
  pause: () => Promise<void>,
): Promise<ClipDifference> {
  const [was, is] = [before.clip, now.clip];
  const levels = [createLevels(), createLevels()] as const;
  const comparable = was.info.sampleRateHz === is.info.sampleRateHz && was.info.channels === is.info.channels;
  const found = { first: -1, last: -1, count: 0, largest: 0 };
  const frames = Math.max(was.info.frames, is.info.frames);
  for (let start = 0; start < frames; start += blockFrames) {
    const [one, other] = await Promise.all([readBlock(was, start), readBlock(is, start)]);
    levels[0].add(one);
    levels[1].add(other);
    if (comparable) compareBlock(one, other, start, found);
    await pause();
  }
  return {
    before: figuresOf(before, levels[0]),
    now: figuresOf(now, levels[1]),
    samples: comparable ? differenceOf(found, is.info.sampleRateHz, frames) : { kind: 'incomparable' },
  };
}

async function readBlock({ info, readSamples }: AudioClip, start: number): Promise<Float32Array[]> {
  const count = Math.max(0, Math.min(blockFrames, info.frames - start));
  return count === 0 ? [] : readSamples(start, count);
}

function compareBlock(
  one: Float32Array[],
  other: Float32Array[],
  start: number,
  found: { first: number; last: number; count: number; largest: number },
): void {
  const [had, has] = [one[0]?.length ?? 0, other[0]?.length ?? 0];
  for (let i = 0; i < Math.max(had, has); i++) {
    let differs = i >= had || i >= has;
    if (!differs)
      for (let channel = 0; channel < one.length; channel++) {
        const [a, b] = [one[channel]![i]!, other[channel]![i]!];
        // What is not a number is the same as itself here.
        if (a === b || Object.is(a, b)) continue;
        differs = true;
        if (Math.abs(a - b) > found.largest) found.largest = Math.abs(a - b);
      }
    if (!differs) continue;
    if (found.first < 0) found.first = start + i;
    found.last = start + i;
    found.count++;
  }
}

function differenceOf(
  { first, last, count, largest }: { first: number; last: number; count: number; largest: number },
  sampleRateHz: number,
  frames: number,
): SampleDifference {
  if (first < 0) return { kind: 'same' };
  return {
    kind: 'different',
    ...{ firstSec: first / sampleRateHz, lastSec: last / sampleRateHz, share: count / frames, largest },
  };
}

function createLevels() {
  let [peak, energy, samples] = [0, 0, 0];
  return {
    add(channels: Float32Array[]) {
      for (const channel of channels)
        for (const value of channel) {
          if (!Number.isFinite(value)) continue;
          const size = Math.abs(value);
          if (size > peak) peak = size;
          energy += value * value;
          samples++;
        }
    },
    get peak() {
      return peak;
    },
    get rms() {
      return samples === 0 ? 0 : Math.sqrt(energy / samples);
    },
  };
}

function figuresOf({ clip, sizeBytes }: SizedClip, { peak, rms }: { peak: number; rms: number }): RecordingFigures {
  const { container, encoding, sampleRateHz, channels, frames, durationSec } = clip.info;
  return { container, encoding, sampleRateHz, channels, samples: frames, durationSec, sizeBytes, peak, rms };
}

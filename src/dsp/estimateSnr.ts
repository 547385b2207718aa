import { createBlockWalk } from './blockWalk.ts';
import { createGrowingList } from './growingList.ts';

const blockSec = 0.025;
const hopSec = 0.01;
/** A pause is at least this long; sounds of speech change faster. */
const pauseSec = 0.1;
/** Noise is steady: within a pause, blocks differ by less. */
const steadyDb = 6;
/** What lies above the noise by more is heard as sound. Blocks of 25 ms of white noise differ by a third of a decibel. */
const aboveNoiseDb = 2;

/** The loud parts, and how far below them silence is. */
const loudShare = 0.95;
const belowLoudDb = 10;

/**
 * Signal-to-noise ratio in dB, estimated from one recording: the power of the noise is that of the quietest steady
 * 100 ms and of every block as quiet, the power of the signal that of the louder blocks less the noise, so it is the
 * ratio while somebody speaks (pauses do not lower it, as in NIST's STNR). Undefined without a pause to hear the noise
 * in, without anything above it, and for digital silence, which holds no noise. Noise much stronger than the signal
 * (below about −3 dB) hides it.
 * @param samples mono, full scale 1
 */
export function estimateSnr(samples: Float32Array, sampleRateHz: number): number | undefined {
  const meter = createSnrMeter(sampleRateHz);
  meter.add(samples);
  return meter.finish().snrDb;
}

export interface SnrMeter {
  /** The next samples, in order. */
  add(samples: Float32Array): void;
  finish(): NoiseFigures;
}

export interface NoiseFigures {
  snrDb: number | undefined;
  /** Mean square of the noise; undefined without a pause to hear it in. */
  noisePower: number | undefined;
  /** Share of the blocks that are as quiet as the noise and 10 dB below the loud ones, or hold no sound at all. */
  silenceShare: number;
}

/** The same estimate of samples that come in pieces; keeps 8 bytes per 10 ms. */
export function createSnrMeter(sampleRateHz: number): SnrMeter {
  const length = Math.max(2, Math.round(blockSec * sampleRateHz));
  const hop = Math.max(1, Math.round(hopSec * sampleRateHz));
  const powers = createGrowingList();
  // Mean square of each block about its mean, so that an offset is no noise.
  const walk = createBlockWalk({ length, startOf: (block) => block * hop }, (samples, at) => {
    let sum = 0;
    let square = 0;
    for (let i = at; i < at + length; i++) {
      const x = samples[i]!;
      sum += x;
      square += x * x;
    }
    const offset = sum / length;
    powers.push(Math.max(0, square / length - offset * offset));
  });
  return { add: walk.add, finish: () => compare(powers.values()) };
}

function compare(powers: Float64Array): NoiseFigures {
  const noiseFloor = quietestPause(powers, Math.round((pauseSec - blockSec) / hopSec) + 1);
  if (noiseFloor === undefined) return { snrDb: undefined, noisePower: undefined, silenceShare: shareBelow(powers, 0) };
  const limit = noiseFloor * 10 ** (aboveNoiseDb / 10);
  const noisePower = mean(powers.filter((power) => power > 0 && power <= limit));
  const loud = powers.filter((power) => power > limit);
  const signal = mean(loud) - noisePower;
  // A block or two above the rest is chance or a click.
  const snrDb = loud.length < 5 || !(signal > 0) ? undefined : 10 * Math.log10(signal / noisePower);
  const quiet = percentile(powers, loudShare) / 10 ** (belowLoudDb / 10);
  return { snrDb, noisePower, silenceShare: shareBelow(powers, Math.min(limit, quiet)) };
}

const percentile = (values: Float64Array, share: number): number =>
  Float64Array.from(values).sort()[Math.floor(share * (values.length - 1))]!;

const shareBelow = (powers: Float64Array, limit: number): number =>
  powers.length === 0 ? 0 : powers.reduce((count, power) => count + (power <= limit ? 1 : 0), 0) / powers.length;

/** Mean power of the quietest run of so many blocks that is steady and not digital silence. */
function quietestPause(powers: Float64Array, blocks: number): number | undefined {
  let quietest: number | undefined;
  for (let start = 0; start + blocks <= powers.length; start++) {
    const run = powers.subarray(start, start + blocks);
    let [least, most] = [Infinity, 0];
    for (let i = 0; i < run.length; i++) [least, most] = [Math.min(least, run[i]!), Math.max(most, run[i]!)];
    if (!(least > 0) || 10 * Math.log10(most / least) > steadyDb) continue;
    const power = mean(run);
    if (quietest === undefined || power < quietest) quietest = power;
  }
  return quietest;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

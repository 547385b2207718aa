const blockSec = 0.025;
const hopSec = 0.01;
/** A pause is at least this long; sounds of speech change faster. */
const pauseSec = 0.1;
/** Noise is steady: within a pause, blocks differ by less. */
const steadyDb = 6;
/** What lies above the noise by more is heard as sound. Blocks of 25 ms of white noise differ by a third of a decibel. */
const aboveNoiseDb = 2;

/**
 * Signal-to-noise ratio in dB, estimated from one recording: the power of the noise is that of the quietest steady
 * 100 ms and of every block as quiet, the power of the signal that of the louder blocks less the noise, so it is the
 * ratio while somebody speaks (pauses do not lower it, as in NIST's STNR). Undefined without a pause to hear the noise
 * in, without anything above it, and for digital silence, which holds no noise. Noise much stronger than the signal
 * (below about −3 dB) hides it.
 * @param samples mono, full scale 1
 */
export function estimateSnr(samples: Float32Array, sampleRateHz: number): number | undefined {
  const powers = blockPowers(samples, sampleRateHz);
  const noiseFloor = quietestPause(powers, Math.round((pauseSec - blockSec) / hopSec) + 1);
  if (noiseFloor === undefined) return undefined;
  const limit = noiseFloor * 10 ** (aboveNoiseDb / 10);
  const noise = mean(powers.filter((power) => power > 0 && power <= limit));
  const loud = powers.filter((power) => power > limit);
  const signal = mean(loud) - noise;
  // A block or two above the rest is chance or a click.
  if (loud.length < 5 || !(signal > 0)) return undefined;
  return 10 * Math.log10(signal / noise);
}

/** Mean square of each block about its mean, so that an offset is no noise. */
function blockPowers(samples: Float32Array, sampleRateHz: number): Float64Array {
  const length = Math.max(2, Math.round(blockSec * sampleRateHz));
  const hop = Math.max(1, Math.round(hopSec * sampleRateHz));
  const powers = new Float64Array(Math.max(0, Math.floor((samples.length - length) / hop) + 1));
  for (let block = 0; block < powers.length; block++) {
    let sum = 0;
    let square = 0;
    for (let i = block * hop; i < block * hop + length; i++) {
      const x = samples[i]!;
      sum += x;
      square += x * x;
    }
    const offset = sum / length;
    powers[block] = Math.max(0, square / length - offset * offset);
  }
  return powers;
}

/** Mean power of the quietest run of so many blocks that is steady and not digital silence. */
function quietestPause(powers: Float64Array, blocks: number): number | undefined {
  let quietest: number | undefined;
  for (let start = 0; start + blocks <= powers.length; start++) {
    const run = powers.subarray(start, start + blocks);
    const least = Math.min(...run);
    if (!(least > 0) || 10 * Math.log10(Math.max(...run) / least) > steadyDb) continue;
    const power = mean(run);
    if (quietest === undefined || power < quietest) quietest = power;
  }
  return quietest;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A stretch without speech, in seconds from the first sample. */
export interface Silence {
  startSec: number;
  endSec: number;
}

const windowSec = 0.02;
const stepSec = 0.01;
/** Closures of stops are shorter than this; pauses between words are longer. */
export const shortestSilenceSec = 0.1;
/** Below the loud parts by so much is silence even where the noise is lower still; noise is what lies so little above the floor. */
const belowLoudDb = 40;
const aboveFloorDb = 6;
/** However loud the noise, weak consonants that stand this near to the loud parts are speech. */
const surelySpeechDb = 20;

/**
 * Stretches of at least `shortestSilenceSec`, or at either end of any length, in which a recording is near its noise
 * floor: the level of 20 ms windows after pre-emphasis (0.97, so that hum counts little and hissing consonants much).
 * The floor is the 10th and the loud parts the 95th percentile of the levels.
 * @param samples mono, −1 to 1
 */
export function findSilences(samples: Float32Array, sampleRateHz: number): Silence[] {
  const levels = levelsDb(samples, sampleRateHz);
  if (levels.length === 0) return [];
  const sorted = Float32Array.from(levels).sort();
  const floor = sorted[Math.floor(0.1 * (sorted.length - 1))]!;
  const loud = sorted[Math.floor(0.95 * (sorted.length - 1))]!;
  const threshold = Math.min(Math.max(loud - belowLoudDb, floor + aboveFloorDb), loud - surelySpeechDb);
  const durationSec = samples.length / sampleRateHz;
  const silences: Silence[] = [];
  for (let first = 0; first < levels.length; first++) {
    if (levels[first]! >= threshold) continue;
    let end = first + 1;
    while (end < levels.length && levels[end]! < threshold) end++;
    // A level stands for the step in the middle of its window.
    const startSec = first === 0 ? 0 : first * stepSec + (windowSec - stepSec) / 2;
    const endSec = end === levels.length ? durationSec : end * stepSec + (windowSec - stepSec) / 2;
    const atEnd = first === 0 || end === levels.length;
    if (atEnd || endSec - startSec >= shortestSilenceSec) silences.push({ startSec, endSec });
    first = end;
  }
  return silences;
}

function levelsDb(samples: Float32Array, sampleRateHz: number): Float32Array {
  const window = Math.max(2, Math.round(windowSec * sampleRateHz));
  const count = Math.max(0, Math.floor((samples.length / sampleRateHz - windowSec) / stepSec) + 1);
  return Float32Array.from({ length: count }, (_, i) => {
    const start = Math.round(i * stepSec * sampleRateHz);
    const end = Math.min(samples.length, start + window);
    let energy = 0;
    for (let n = Math.max(1, start); n < end; n++) energy += (samples[n]! - 0.97 * samples[n - 1]!) ** 2;
    return 10 * Math.log10(energy / window + 1e-12);
  });
}

import { AudioError } from './audioError.ts';
import { speexResamplerWasm } from './speexResampler.generated.ts';

/** Band-limited change of sampling rate; synchronous, deterministic, one instance serves all callers of a thread. */
export interface Resampler {
  /**
   * `samples` [n] at `fromHz` → [round(n · toHz / fromHz)] at `toHz`, aligned to the input (no delay).
   * Rates need not be whole: changing speed by a factor is `resample(samples, rate * factor, rate)`.
   * Throws AudioError when the ratio is beyond 256 either way or the result would not fit in memory.
   */
  resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array;
}

let shared: Promise<Resampler> | undefined;

/** The thread's resampler: Speex at quality 8 (160 taps, stop band below −100 dB), from WASM that is part of the bundle. */
export function loadResampler(): Promise<Resampler> {
  shared ??= instantiate();
  return shared;
}

const quality = 8;
const maxRatio = 256;
const maxOutputSamples = 2 ** 28;
const blockSamples = 1 << 14;
/** Filters kept ready; a training run uses a handful of speed factors. */
const maxFilters = 16;

/** The exports of the package's build by their minified names; a test checks them against its JavaScript. */
export const speexExports = {
  memory: 'c',
  initialize: 'd',
  initFraction: 'f',
  destroy: 'j',
  processFloat: 'k',
  skipZeros: 'z',
  resetMemory: 'A',
  allocate: 'C',
} as const;

interface Speex {
  memory: WebAssembly.Memory;
  initFraction(
    channels: number,
    from: number,
    to: number,
    fromHz: number,
    toHz: number,
    quality: number,
    error: number,
  ): number;
  destroy(state: number): void;
  processFloat(
    state: number,
    channel: number,
    input: number,
    inputLength: number,
    output: number,
    outputLength: number,
  ): number;
  skipZeros(state: number): number;
  resetMemory(state: number): number;
  allocate(bytes: number): number;
}

async function instantiate(): Promise<Resampler> {
  const bytes = Uint8Array.from(atob(speexResamplerWasm), (character) => character.charCodeAt(0));
  let memory: WebAssembly.Memory | undefined;
  const imports = {
    a: {
      /** emscripten_resize_heap(bytes): whether the heap has grown. */
      a: (wantedBytes: number) => growMemory(memory!, wantedBytes >>> 0),
      /** emscripten_memcpy(to, from, bytes). */
      b: (to: number, from: number, count: number) => new Uint8Array(memory!.buffer).copyWithin(to, from, from + count),
    },
  };
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes), imports);
  memory = exports[speexExports.memory] as WebAssembly.Memory;
  (exports[speexExports.initialize] as () => void)();
  const speex = { memory } as Record<string, unknown>;
  for (const [name, minified] of Object.entries(speexExports)) speex[name] ??= exports[minified];
  return createResampler(speex as unknown as Speex);
}

function growMemory(memory: WebAssembly.Memory, wantedBytes: number): number {
  try {
    memory.grow(Math.ceil((wantedBytes - memory.buffer.byteLength) / 65536));
    return 1;
  } catch {
    return 0;
  }
}

function createResampler(speex: Speex): Resampler {
  const input = speex.allocate(4 * blockSamples);
  const output = speex.allocate(4 * blockSamples);
  /** uint32 consumed, uint32 produced, int32 error. */
  const counts = speex.allocate(12);
  const filters = new Map<string, number>();

  function filter(from: number, to: number, fromHz: number, toHz: number): number {
    const key = `${from}/${to}`;
    const ready = filters.get(key);
    if (ready !== undefined) {
      filters.delete(key);
      filters.set(key, ready);
      speex.resetMemory(ready);
      speex.skipZeros(ready);
      return ready;
    }
    if (filters.size >= maxFilters) {
      const [oldest, state] = filters.entries().next().value!;
      filters.delete(oldest);
      speex.destroy(state);
    }
    const state = speex.initFraction(1, from, to, Math.round(fromHz), Math.round(toHz), quality, counts + 8);
    if (state === 0) throw new AudioError('audio-range', `no filter for ${fromHz} Hz to ${toHz} Hz`);
    filters.set(key, state);
    speex.skipZeros(state);
    return state;
  }

  return {
    resample(samples, fromHz, toHz) {
      if (fromHz === toHz) return samples.slice();
      const [from, to] = reducedRatio(fromHz, toHz);
      const result = new Float32Array(outputLength(samples.length, from, to));
      const state = filter(from, to, fromHz, toHz);
      let consumed = 0;
      for (let produced = 0; produced < result.length; ) {
        const offered = Math.min(blockSamples, Math.max(0, samples.length - consumed));
        const wanted = Math.min(blockSamples, result.length - produced);
        const inputBlock = new Float32Array(speex.memory.buffer, input, blockSamples);
        // Past the end the filter's tail is drawn out with silence.
        if (offered > 0) inputBlock.set(samples.subarray(consumed, consumed + offered));
        else inputBlock.fill(0);
        new Uint32Array(speex.memory.buffer, counts, 2).set([offered || blockSamples, wanted]);
        const error = speex.processFloat(state, 0, input, counts, output, counts + 4);
        if (error !== 0) throw new Error(`speex_resampler_process_float: error ${error}`);
        const [taken, given] = new Uint32Array(speex.memory.buffer, counts, 2);
        result.set(new Float32Array(speex.memory.buffer, output, given!), produced);
        consumed += offered > 0 ? taken! : 0;
        produced += given!;
      }
      return result;
    },
  };
}

/** How many samples n become; the rule all callers can rely on. */
export function resampledLength(samples: number, fromHz: number, toHz: number): number {
  const [from, to] = reducedRatio(fromHz, toHz);
  return outputLength(samples, from, to);
}

function outputLength(samples: number, from: number, to: number): number {
  const length = Math.round((samples * to) / from);
  if (length > maxOutputSamples)
    throw new AudioError(
      'audio-range',
      `${length} samples after resampling are too many to hold; read the clip in parts`,
    );
  return length;
}

/** The ratio in lowest terms, [from, to]; parts of a hertz are kept to a thousandth. */
export function reducedRatio(fromHz: number, toHz: number): [number, number] {
  if (!(fromHz > 0 && toHz > 0 && fromHz / toHz <= maxRatio && toHz / fromHz <= maxRatio))
    throw new AudioError(
      'audio-range',
      `cannot resample from ${fromHz} Hz to ${toHz} Hz; is the rate in the header right?`,
    );
  const scale = Number.isInteger(fromHz) && Number.isInteger(toHz) ? 1 : 1000;
  const from = Math.round(fromHz * scale);
  const to = Math.round(toHz * scale);
  const divisor = greatestCommonDivisor(from, to);
  return [from / divisor, to / divisor];
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

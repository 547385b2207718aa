import { framesPerCall, type LogMelKernel, type LogMelPlan } from '../logMelPlan.ts';
import { logMelWasm } from './logMel.generated.ts';

/** Exports of assembly/logMel.ts. */
interface LogMelModule {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  heapBase(): number;
  configure(...sizesAndAddresses: number[]): void;
  emphasize(start: number, end: number, coefficient: number): void;
  process(frames: number): number;
  rescale(count: number, floor: number, gain: number, offset: number): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The log-mel frame loop in WebAssembly SIMD. Rejects where the host has no SIMD or forbids WebAssembly. */
export async function createWasmKernel(plan: LogMelPlan): Promise<LogMelKernel> {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(logMelWasm), (character) => character.charCodeAt(0)));
  const instance = await WebAssembly.instantiate(await compiled);
  const module = instance.exports as unknown as LogMelModule;
  const { fftSize, hopSamples, window, filters } = plan;
  const { mels } = filters;
  const capacity = framesPerCall(plan);
  const [windowStart, windowEnd] = windowSupport(plan);
  const halved = Float64Array.from(window, (value) => value / 2);
  const bands = groupedFilters(plan);

  const memory = createArena(module);
  const place = (table: Float64Array | Float32Array | Int32Array) => memory.place(table);
  const tables = [halved, stageTurns(fftSize / 2), splitTurns(fftSize), outputOrder(fftSize / 2), bands.index];
  const addresses = [...tables, bands.weights].map(place);
  const work = memory.reserve(4 * fftSize);
  const power = memory.reserve(4 * (1 + fftSize / 2));
  const inputSize = (capacity - 1) * hopSamples + fftSize;
  const inputAt = memory.reserve(inputSize);
  // The kernel works on four rows at a time and writes four values at a time.
  const outputAt = memory.reserve((capacity + 4) * mels + 4);
  module.configure(fftSize, hopSamples, mels, windowStart, windowEnd, ...addresses, work, power, inputAt, outputAt);
  if (plan.emphasis) {
    const { start, end, coefficient } = plan.emphasis;
    module.emphasize(start, end, coefficient);
  }

  const input = new Float32Array(module.memory.buffer, inputAt, inputSize);
  const output = new Float32Array(module.memory.buffer, outputAt, capacity * mels);
  return { kind: 'wasm', capacity, input, output, process: module.process, rescale: module.rescale };
}

/** Hands out memory behind the module's own data; sizes in float32. All of it must be reserved before views are taken. */
function createArena({ memory, heapBase }: LogMelModule) {
  const pageBytes = 65_536;
  const alignment = 64;
  let next = heapBase();
  const reserve = (length: number) => {
    const at = Math.ceil(next / alignment) * alignment;
    next = at + 4 * length;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    return at;
  };
  return {
    reserve,
    place(table: Float64Array | Float32Array | Int32Array) {
      const at = reserve(table.byteLength / 4);
      const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
      new Uint8Array(memory.buffer).set(bytes, at);
      return at;
    },
  };
}

/** Where the window is not zero, widened to multiples of four samples; emphasis begins where its window does, at 0. */
function windowSupport({ window, emphasis }: LogMelPlan): [number, number] {
  const first = emphasis?.start ?? window.findIndex((value) => value > 0);
  const last = window.findLastIndex((value) => value > 0);
  return [first & ~3, (last + 4) & ~3];
}

/** w^j, w^2j, w^3j for j = 1 … length/4 − 1 of every radix-4 stage, as (re, im). */
function stageTurns(points: number): Float64Array {
  const turns: number[] = [];
  for (let length = points; length > 4; length >>= 2)
    for (let j = 1; j < length / 4; j++)
      for (let power = 1; power <= 3; power++) {
        const angle = (-2 * Math.PI * j * power) / length;
        turns.push(Math.cos(angle), Math.sin(angle));
      }
  return Float64Array.from(turns);
}

/** e^(−2πik/fftSize) as (re, im), k = 0 … fftSize/4. */
function splitTurns(fftSize: number): Float64Array {
  const turns: number[] = [];
  for (let k = 0; k <= fftSize / 4; k++) {
    const angle = (-2 * Math.PI * k) / fftSize;
    turns.push(Math.cos(angle), Math.sin(angle));
  }
  return Float64Array.from(turns);
}

/** Byte offset of frequency k after radix-4 decimation in frequency with a last stage of 4 or 2; 32 bytes per point. */
function outputOrder(points: number): Int32Array {
  return Int32Array.from({ length: points }, (_, frequency) => {
    let position = 0;
    let rest = frequency;
    for (let length = points; length > 1; length >>= 2) {
      position += length === 2 ? rest & 1 : (rest & 3) * (length / 4);
      rest >>= 2;
    }
    return 32 * position;
  });
}

/**
 * Filters in groups of four bands that run side by side, all as long as the longest, last group first.
 * Where a filter would run past the last bin it starts earlier, with zeros.
 */
function groupedFilters({ filters, fftSize }: LogMelPlan): { index: Int32Array; weights: Float32Array } {
  const { mels, firstBin, offset } = filters;
  const groups = Math.ceil(mels / 4);
  const lengthOf = (m: number) => (m < mels ? offset[m + 1]! - offset[m]! : 0);
  const index: number[] = [];
  const weights: number[] = [];
  for (let group = groups - 1; group >= 0; group--) {
    const bands = [0, 1, 2, 3].map((lane) => 4 * group + lane);
    const steps = Math.max(...bands.map(lengthOf));
    const starts = bands.map((m) => Math.min(firstBin[m] ?? 0, 1 + fftSize / 2 - steps));
    const relative = starts.map((start, lane) => 16 * (start - (lane === 0 ? 0 : starts[0]!)));
    index.push(...relative, 16 * steps);
    for (let step = 0; step < steps; step++)
      for (const [lane, m] of bands.entries()) {
        const i = starts[lane]! + step - (firstBin[m] ?? 0);
        weights.push(i >= 0 && i < lengthOf(m) ? filters.weights[offset[m]! + i]! : 0);
      }
  }
  return { index: Int32Array.from(index), weights: Float32Array.from(weights) };
}

// Log-mel frame loop for WebAssembly SIMD, in AssemblyScript (scripts/buildKernel.ts compiles it).
//
// Every v128 holds one number of four consecutive frames, so the FFT needs no shuffles, a frame's bits do not
// depend on its neighbours, and work is [fftSize/2 complex][re, im][4 frames] in place. The caller lays out memory.

let fftSize: i32 = 0;
let hopBytes: i32 = 0;
let mels: i32 = 0;
let windowStart: i32 = 0; // first sample (a multiple of 4) with a non-zero window
let windowEnd: i32 = 0;
let windowTable: usize = 0; // f32[fftSize], halved: see powerSpectrum
let turns: usize = 0; // per radix-4 stage and j > 0: w, w², w³ as (re, im)
let splitTurns: usize = 0; // e^(−2πik/fftSize) as (re, im), k = 0 … fftSize/4
let order: usize = 0; // i32[fftSize/2], byte offset of frequency k in work
let filters: usize = 0; // per mel, padded to a multiple of 4: byte offset of the first bin in power, number of weights
let weights: usize = 0; // f32, filters one after another in the order they are visited: groups of 4 from the last to the first
let work: usize = 0;
let power: usize = 0; // [1 + fftSize/2][4 frames]
let input: usize = 0;
let output: usize = 0;
let peak: v128 = f32x4.splat(0);

export function configure(
  fftSizeIn: i32, hopSamples: i32, melsIn: i32, windowStartIn: i32, windowEndIn: i32,
  windowIn: usize, turnsIn: usize, splitIn: usize, orderIn: usize, filtersIn: usize, weightsIn: usize,
  workIn: usize, powerIn: usize, inputIn: usize, outputIn: usize,
): void {
  fftSize = fftSizeIn;
  hopBytes = hopSamples << 2;
  mels = melsIn;
  windowStart = windowStartIn;
  windowEnd = windowEndIn;
  windowTable = windowIn;
  turns = turnsIn;
  splitTurns = splitIn;
  order = orderIn;
  filters = filtersIn;
  weights = weightsIn;
  work = workIn;
  power = powerIn;
  input = inputIn;
  output = outputIn;
}

/** Decibels of `frames` frames from input into output [frames, mels]; returns their maximum. Writes up to 3 rows and 3 values more. */
export function process(frames: i32): f32 {
  peak = f32x4.splat(-Infinity);
  for (let frame = 0; frame < frames; frame += 4) {
    windowFrames(frame, frames - 1);
    transform();
    powerSpectrum();
    melDecibels(output + ((frame * mels) << 2));
  }
  const pairs = f32x4.max(peak, v128.shuffle<f32>(peak, peak, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.max(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** output[i] = max(output[i], floor)·gain + offset for `count` values, rounded up to a multiple of 4. */
export function rescale(count: i32, floor: f32, gain: f32, offset: f32): void {
  const floors = f32x4.splat(floor);
  const gains = f32x4.splat(gain);
  const offsets = f32x4.splat(offset);
  const end = output + (count << 2);
  for (let p = output; p < end; p += 16) {
    v128.store(p, f32x4.add(f32x4.mul(f32x4.max(v128.load(p), floors), gains), offsets));
  }
}

/** Four frames times the window, transposed; frames past the last repeat it. */
function windowFrames(frame: i32, last: i32): void {
  const a = input + hopBytes * frame;
  const b = input + hopBytes * min(frame + 1, last);
  const c = input + hopBytes * min(frame + 2, last);
  const d = input + hopBytes * min(frame + 3, last);
  const start = windowStart << 2;
  const end = windowEnd << 2;
  const zero = f32x4.splat(0);
  for (let p = work, stop = work + (start << 2); p < stop; p += 16) v128.store(p, zero);
  for (let p = work + (end << 2), stop = work + (fftSize << 4); p < stop; p += 16) v128.store(p, zero);
  let target = work + (start << 2);
  for (let i = start; i < end; i += 16) {
    const w = v128.load(windowTable + i);
    const x = f32x4.mul(v128.load(a + i), w);
    const y = f32x4.mul(v128.load(b + i), w);
    const z = f32x4.mul(v128.load(c + i), w);
    const u = f32x4.mul(v128.load(d + i), w);
    const xy = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
    const zu = v128.shuffle<f32>(z, u, 0, 4, 1, 5);
    const xyHigh = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
    const zuHigh = v128.shuffle<f32>(z, u, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<f32>(xy, zu, 0, 1, 4, 5));
    v128.store(target, v128.shuffle<f32>(xy, zu, 2, 3, 6, 7), 16);
    v128.store(target, v128.shuffle<f32>(xyHigh, zuHigh, 0, 1, 4, 5), 32);
    v128.store(target, v128.shuffle<f32>(xyHigh, zuHigh, 2, 3, 6, 7), 48);
    target += 64;
  }
}

/** Complex FFT of fftSize/2 points in place, radix 4 decimation in frequency, the output in digit-reversed order. */
function transform(): void {
  const end = work + (fftSize << 4);
  let table = turns;
  let length = fftSize << 4; // bytes of one block: 32 per complex point
  for (; length > 128; length >>= 2) {
    const quarter = length >> 2;
    for (let block = work; block < end; block += length) {
      butterfly(block, quarter);
      let w = table;
      for (let p = block + 32, stop = block + quarter; p < stop; p += 32, w += 24) turnedButterfly(p, quarter, w);
    }
    table += ((quarter >> 5) - 1) * 24;
  }
  if (length == 128) {
    for (let p = work; p < end; p += 128) butterfly(p, 32);
  } else {
    for (let p = work; p < end; p += 64) pairButterfly(p);
  }
}

// @ts-ignore: decorator
@inline
function pairButterfly(p: usize): void {
  const ar = v128.load(p);
  const ai = v128.load(p, 16);
  const br = v128.load(p, 32);
  const bi = v128.load(p, 48);
  v128.store(p, f32x4.add(ar, br));
  v128.store(p, f32x4.add(ai, bi), 16);
  v128.store(p, f32x4.sub(ar, br), 32);
  v128.store(p, f32x4.sub(ai, bi), 48);
}

// @ts-ignore: decorator
@inline
function butterfly(p: usize, quarter: usize): void {
  const pb = p + quarter;
  const pc = pb + quarter;
  const pd = pc + quarter;
  const ar = v128.load(p);
  const cr = v128.load(pc);
  const br = v128.load(pb);
  const dr = v128.load(pd);
  const ai = v128.load(p, 16);
  const ci = v128.load(pc, 16);
  const bi = v128.load(pb, 16);
  const di = v128.load(pd, 16);
  const acr = f32x4.add(ar, cr);
  const bdr = f32x4.add(br, dr);
  const aci = f32x4.add(ai, ci);
  const bdi = f32x4.add(bi, di);
  v128.store(p, f32x4.add(acr, bdr));
  v128.store(p, f32x4.add(aci, bdi), 16);
  v128.store(pc, f32x4.sub(acr, bdr));
  v128.store(pc, f32x4.sub(aci, bdi), 16);
  const tr = f32x4.sub(ar, cr);
  const ti = f32x4.sub(ai, ci);
  const ur = f32x4.sub(bi, di); // −i·(b − d)
  const ui = f32x4.sub(dr, br);
  v128.store(pb, f32x4.add(tr, ur));
  v128.store(pb, f32x4.add(ti, ui), 16);
  v128.store(pd, f32x4.sub(tr, ur));
  v128.store(pd, f32x4.sub(ti, ui), 16);
}

// @ts-ignore: decorator
@inline
function storeTurned(p: usize, re: v128, im: v128, w: usize): void {
  const wr = v128.load32_splat(w);
  const wi = v128.load32_splat(w, 4);
  v128.store(p, f32x4.sub(f32x4.mul(re, wr), f32x4.mul(im, wi)));
  v128.store(p, f32x4.add(f32x4.mul(re, wi), f32x4.mul(im, wr)), 16);
}

// @ts-ignore: decorator
@inline
function turnedButterfly(p: usize, quarter: usize, w: usize): void {
  const pb = p + quarter;
  const pc = pb + quarter;
  const pd = pc + quarter;
  const ar = v128.load(p);
  const cr = v128.load(pc);
  const br = v128.load(pb);
  const dr = v128.load(pd);
  const ai = v128.load(p, 16);
  const ci = v128.load(pc, 16);
  const bi = v128.load(pb, 16);
  const di = v128.load(pd, 16);
  const acr = f32x4.add(ar, cr);
  const bdr = f32x4.add(br, dr);
  const aci = f32x4.add(ai, ci);
  const bdi = f32x4.add(bi, di);
  v128.store(p, f32x4.add(acr, bdr));
  v128.store(p, f32x4.add(aci, bdi), 16);
  storeTurned(pc, f32x4.sub(acr, bdr), f32x4.sub(aci, bdi), w + 8);
  const tr = f32x4.sub(ar, cr);
  const ti = f32x4.sub(ai, ci);
  const ur = f32x4.sub(bi, di);
  const ui = f32x4.sub(dr, br);
  storeTurned(pb, f32x4.add(tr, ur), f32x4.add(ti, ui), w);
  storeTurned(pd, f32x4.sub(tr, ur), f32x4.sub(ti, ui), w + 16);
}

/**
 * Power of the real signal's bins from the half-size transform Z: with n = fftSize/2, E = Z[k] + conj Z[n−k] and
 * O = −i(Z[k] − conj Z[n−k]), X[k] = (E + w^k·O)/2 and X[n−k] = conj(E − w^k·O)/2. The window carries the half.
 */
function powerSpectrum(): void {
  const half = fftSize >> 1;
  const zr = v128.load(work);
  const zi = v128.load(work, 16);
  const first = f32x4.add(zr, zi);
  const last = f32x4.sub(zr, zi);
  const four = f32x4.splat(4);
  v128.store(power, f32x4.mul(f32x4.mul(first, first), four));
  v128.store(power + (half << 4), f32x4.mul(f32x4.mul(last, last), four));
  let up = power + 16;
  let down = power + ((half - 1) << 4);
  let orderUp = order + 4;
  let orderDown = order + ((half - 1) << 2);
  let w = splitTurns + 8;
  for (; up <= down; up += 16, down -= 16, orderUp += 4, orderDown -= 4, w += 8) {
    const p = work + <usize>load<i32>(orderUp);
    const q = work + <usize>load<i32>(orderDown);
    const pr = v128.load(p);
    const qr = v128.load(q);
    const pi = v128.load(p, 16);
    const qi = v128.load(q, 16);
    const or = f32x4.add(pi, qi);
    const oi = f32x4.sub(qr, pr);
    const wr = v128.load32_splat(w);
    const wi = v128.load32_splat(w, 4);
    const tr = f32x4.sub(f32x4.mul(or, wr), f32x4.mul(oi, wi));
    const ti = f32x4.add(f32x4.mul(or, wi), f32x4.mul(oi, wr));
    const er = f32x4.add(pr, qr);
    const ei = f32x4.sub(pi, qi);
    const ur = f32x4.add(er, tr);
    const ui = f32x4.add(ei, ti);
    const dr = f32x4.sub(er, tr);
    const di = f32x4.sub(ei, ti);
    v128.store(up, f32x4.add(f32x4.mul(ur, ur), f32x4.mul(ui, ui)));
    v128.store(down, f32x4.add(f32x4.mul(dr, dr), f32x4.mul(di, di)));
  }
}

/**
 * Mel sums, logarithm, transposition back to rows. Groups of 4 bands run from the last to the first, so that what a
 * row writes past its end (mels not a multiple of 4) is overwritten by the rows it belongs to.
 */
function melDecibels(target: usize): void {
  const row = <usize>(mels << 2);
  const groups = (mels + 3) >> 2;
  let weight = weights;
  let loudest = peak;
  let filter = filters + ((groups - 1) << 5);
  let column = target + ((groups - 1) << 4);
  for (let group = 0; group < groups; group++, filter -= 32, column -= 16) {
    const a = decibels(bandPower(filter, weight));
    weight += load<i32>(filter, 4) << 2;
    const b = decibels(bandPower(filter + 8, weight));
    weight += load<i32>(filter, 12) << 2;
    const c = decibels(bandPower(filter + 16, weight));
    weight += load<i32>(filter, 20) << 2;
    const d = decibels(bandPower(filter + 24, weight));
    weight += load<i32>(filter, 28) << 2;
    loudest = f32x4.max(loudest, f32x4.max(f32x4.max(a, b), f32x4.max(c, d)));
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(column, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(column + row, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    v128.store(column + 2 * row, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
    v128.store(column + 3 * row, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
  }
  peak = loudest;
}

// @ts-ignore: decorator
@inline
function bandPower(filter: usize, weight: usize): v128 {
  let sum = f32x4.splat(0);
  let p = power + <usize>load<i32>(filter);
  for (let end = weight + <usize>(load<i32>(filter, 4) << 2); weight < end; weight += 4, p += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(p), v128.load32_splat(weight)));
  }
  return sum;
}

/** 10·log10(max(1e-10, x)); the polynomial for the mantissa is Cephes' logf. Not finite in, NaN out. */
// @ts-ignore: decorator
@inline
function decibels(x: v128): v128 {
  const clamped = f32x4.max(x, f32x4.splat(1e-10));
  const exponent = i32x4.shr_s(i32x4.sub(clamped, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(clamped, i32x4.shl(exponent, 23)), f32x4.splat(1));
  const z = f32x4.mul(f, f);
  let y = f32x4.splat(7.0376836292e-2);
  y = f32x4.add(f32x4.mul(y, f), f32x4.splat(-1.151461031e-1));
  y = f32x4.add(f32x4.mul(y, f), f32x4.splat(1.167699874e-1));
  y = f32x4.add(f32x4.mul(y, f), f32x4.splat(-1.2420140846e-1));
  y = f32x4.add(f32x4.mul(y, f), f32x4.splat(1.4249322787e-1));
  y = f32x4.add(f32x4.mul(y, f), f32x4.splat(-1.6668057665e-1));
  y = f32x4.add(f32x4.mul(y, f), f32x4.splat(2.0000714765e-1));
  y = f32x4.add(f32x4.mul(y, f), f32x4.splat(-2.4999993993e-1));
  y = f32x4.add(f32x4.mul(y, f), f32x4.splat(3.3333331174e-1));
  const ln = f32x4.add(f32x4.sub(f32x4.mul(f32x4.mul(y, f), z), f32x4.mul(z, f32x4.splat(0.5))), f);
  const whole = f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(3.01029995664));
  const sum = f32x4.add(f32x4.mul(ln, f32x4.splat(4.34294481903)), whole);
  return f32x4.add(sum, f32x4.sub(clamped, clamped));
}

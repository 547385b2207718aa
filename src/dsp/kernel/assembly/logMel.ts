// Log-mel frame loop for WebAssembly SIMD, in AssemblyScript (scripts/buildKernel.ts compiles it).
//
// Every v128 holds one number of several consecutive frames, so the FFT needs no shuffles and a frame's bits do not
// depend on its neighbours: two frames in float64 up to the power, where quiet bins beside loud ones would drown in the
// rounding of float32, then four frames in float32. The caller lays out memory. One file, long as it is: every step of
// a frame works on the tables and pointers below, which a second module could only be handed again and again.

let fftSize: i32 = 0;
let hopBytes: i32 = 0;
let mels: i32 = 0;
let windowStart: i32 = 0; // first sample (a multiple of 4) with a non-zero window
let windowEnd: i32 = 0;
let windowTable: usize = 0; // f64[fftSize], halved: see powerSpectrum
let emphasisStart: i32 = 0; // samples of the window, where frames lose their mean and are emphasised
let emphasisEnd: i32 = 0; // no more than the start: frames stay as they are
let emphasis: f64 = 0;
let turns: usize = 0; // f64, per radix-4 stage and j > 0: w, w², w³ as (re, im)
let splitTurns: usize = 0; // f64, e^(−2πik/fftSize) as (re, im), k = 0 … fftSize/4
let order: usize = 0; // i32[fftSize/2], byte offset of frequency k in work
let filters: usize = 0; // i32[5] per group of 4 bands, last group first: byte offset of the first band's first bin in power, those of the other three relative to it, bytes of weights
let weights: usize = 0; // f32[4] per step of a group, in the order of filters
let work: usize = 0; // f64, [fftSize/2 complex][re, im][2 frames]
let power: usize = 0; // f32, [1 + fftSize/2][4 frames]
let input: usize = 0;
let output: usize = 0;
let peak: v128 = f32x4.splat(0);

/** Where memory is free for the caller. */
export function heapBase(): usize {
  return __heap_base;
}

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

/** Frames lose their mean over samples [start, end), then each sample `coefficient` times its predecessor. */
export function emphasize(start: i32, end: i32, coefficient: f64): void {
  emphasisStart = start;
  emphasisEnd = end;
  emphasis = coefficient;
}

/** Decibels of `frames` frames from input into output [frames, mels]; returns their maximum. Writes up to 3 rows and 3 values more. */
export function process(frames: i32): f32 {
  peak = f32x4.splat(-Infinity);
  for (let frame = 0; frame < frames; frame += 4) {
    windowFrames(frame, frames - 1);
    transform();
    powerSpectrum(power);
    windowFrames(frame + 2, frames - 1);
    transform();
    powerSpectrum(power + 8);
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

/** Two frames times the window, side by side; a frame past the last repeats it. */
function windowFrames(frame: i32, last: i32): void {
  const a = input + hopBytes * min(frame, last);
  const b = input + hopBytes * min(frame + 1, last);
  const zero = f64x2.splat(0);
  for (let p = work, stop = work + (windowStart << 4); p < stop; p += 16) v128.store(p, zero);
  for (let p = work + (windowEnd << 4), stop = work + (fftSize << 4); p < stop; p += 16) v128.store(p, zero);
  if (emphasisEnd > emphasisStart) return windowEmphasized(a, b);
  let target = work + (windowStart << 4);
  let w = windowTable + (windowStart << 3);
  for (let i = windowStart << 2, end = windowEnd << 2; i < end; i += 16) {
    const x = v128.load(a + i);
    const y = v128.load(b + i);
    const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
    v128.store(target, f64x2.mul(f64x2.promote_low_f32x4(low), v128.load64_splat(w)));
    v128.store(target, f64x2.mul(promoteHigh(low), v128.load64_splat(w, 8)), 16);
    v128.store(target, f64x2.mul(f64x2.promote_low_f32x4(high), v128.load64_splat(w, 16)), 32);
    v128.store(target, f64x2.mul(promoteHigh(high), v128.load64_splat(w, 24)), 48);
    target += 64;
    w += 32;
  }
}

/** The predecessor of the first sample does not count: there the window is 0. */
function windowEmphasized(a: usize, b: usize): void {
  const mean = meanOfFrames(a, b);
  const c = f64x2.splat(emphasis);
  const offset = f64x2.sub(mean, f64x2.mul(c, mean));
  let before = mean;
  let target = work + (windowStart << 4);
  let w = windowTable + (windowStart << 3);
  for (let i = windowStart << 2, end = windowEnd << 2; i < end; i += 16) {
    const x = v128.load(a + i);
    const y = v128.load(b + i);
    const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
    const first = f64x2.promote_low_f32x4(low);
    const second = promoteHigh(low);
    const third = f64x2.promote_low_f32x4(high);
    const fourth = promoteHigh(high);
    storeEmphasized(target, first, before, c, offset, w);
    storeEmphasized(target + 16, second, first, c, offset, w + 8);
    storeEmphasized(target + 32, third, second, c, offset, w + 16);
    storeEmphasized(target + 48, fourth, third, c, offset, w + 24);
    before = fourth;
    target += 64;
    w += 32;
  }
}

// @ts-ignore: decorator
@inline
function storeEmphasized(at: usize, x: v128, before: v128, c: v128, offset: v128, w: usize): void {
  const emphasized = f64x2.sub(f64x2.sub(x, f64x2.mul(c, before)), offset);
  v128.store(at, f64x2.mul(emphasized, v128.load64_splat(w)));
}

function meanOfFrames(a: usize, b: usize): v128 {
  let even = f64x2.splat(0);
  let odd = even;
  let i = emphasisStart << 2;
  const end = emphasisEnd << 2;
  for (; i + 16 <= end; i += 16) {
    const x = v128.load(a + i);
    const y = v128.load(b + i);
    const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
    even = f64x2.add(even, f64x2.add(f64x2.promote_low_f32x4(low), f64x2.promote_low_f32x4(high)));
    odd = f64x2.add(odd, f64x2.add(promoteHigh(low), promoteHigh(high)));
  }
  for (; i < end; i += 4) {
    const pair = f64x2.replace_lane(f64x2.splat(<f64>load<f32>(a + i)), 1, <f64>load<f32>(b + i));
    even = f64x2.add(even, pair);
  }
  return f64x2.div(f64x2.add(even, odd), f64x2.splat(<f64>(emphasisEnd - emphasisStart)));
}

// @ts-ignore: decorator
@inline
function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
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
      for (let p = block + 32, stop = block + quarter; p < stop; p += 32, w += 48) turnedButterfly(p, quarter, w);
    }
    table += ((quarter >> 5) - 1) * 48;
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
  v128.store(p, f64x2.add(ar, br));
  v128.store(p, f64x2.add(ai, bi), 16);
  v128.store(p, f64x2.sub(ar, br), 32);
  v128.store(p, f64x2.sub(ai, bi), 48);
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
  const acr = f64x2.add(ar, cr);
  const bdr = f64x2.add(br, dr);
  const aci = f64x2.add(ai, ci);
  const bdi = f64x2.add(bi, di);
  v128.store(p, f64x2.add(acr, bdr));
  v128.store(p, f64x2.add(aci, bdi), 16);
  v128.store(pc, f64x2.sub(acr, bdr));
  v128.store(pc, f64x2.sub(aci, bdi), 16);
  const tr = f64x2.sub(ar, cr);
  const ti = f64x2.sub(ai, ci);
  const ur = f64x2.sub(bi, di); // −i·(b − d)
  const ui = f64x2.sub(dr, br);
  v128.store(pb, f64x2.add(tr, ur));
  v128.store(pb, f64x2.add(ti, ui), 16);
  v128.store(pd, f64x2.sub(tr, ur));
  v128.store(pd, f64x2.sub(ti, ui), 16);
}

// @ts-ignore: decorator
@inline
function storeTurned(p: usize, re: v128, im: v128, w: usize): void {
  const wr = v128.load64_splat(w);
  const wi = v128.load64_splat(w, 8);
  v128.store(p, f64x2.sub(f64x2.mul(re, wr), f64x2.mul(im, wi)));
  v128.store(p, f64x2.add(f64x2.mul(re, wi), f64x2.mul(im, wr)), 16);
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
  const acr = f64x2.add(ar, cr);
  const bdr = f64x2.add(br, dr);
  const aci = f64x2.add(ai, ci);
  const bdi = f64x2.add(bi, di);
  v128.store(p, f64x2.add(acr, bdr));
  v128.store(p, f64x2.add(aci, bdi), 16);
  storeTurned(pc, f64x2.sub(acr, bdr), f64x2.sub(aci, bdi), w + 16);
  const tr = f64x2.sub(ar, cr);
  const ti = f64x2.sub(ai, ci);
  const ur = f64x2.sub(bi, di);
  const ui = f64x2.sub(dr, br);
  storeTurned(pb, f64x2.add(tr, ur), f64x2.add(ti, ui), w);
  storeTurned(pd, f64x2.sub(tr, ur), f64x2.sub(ti, ui), w + 32);
}

/**
 * Power of the real signal's bins from the half-size transform Z: with n = fftSize/2, E = Z[k] + conj Z[n−k] and
 * O = −i(Z[k] − conj Z[n−k]), X[k] = (E + w^k·O)/2 and X[n−k] = conj(E − w^k·O)/2. The window carries the half.
 */
function powerSpectrum(power: usize): void {
  const half = fftSize >> 1;
  const zr = v128.load(work);
  const zi = v128.load(work, 16);
  const first = f64x2.add(zr, zi);
  const last = f64x2.sub(zr, zi);
  const four = f64x2.splat(4);
  storeLow(power, f64x2.mul(f64x2.mul(first, first), four));
  storeLow(power + (half << 4), f64x2.mul(f64x2.mul(last, last), four));
  let up = power + 16;
  let down = power + ((half - 1) << 4);
  let orderUp = order + 4;
  let orderDown = order + ((half - 1) << 2);
  let w = splitTurns + 16;
  for (; up <= down; up += 16, down -= 16, orderUp += 4, orderDown -= 4, w += 16) {
    const p = work + <usize>load<i32>(orderUp);
    const q = work + <usize>load<i32>(orderDown);
    const pr = v128.load(p);
    const qr = v128.load(q);
    const pi = v128.load(p, 16);
    const qi = v128.load(q, 16);
    const or = f64x2.add(pi, qi);
    const oi = f64x2.sub(qr, pr);
    const wr = v128.load64_splat(w);
    const wi = v128.load64_splat(w, 8);
    const tr = f64x2.sub(f64x2.mul(or, wr), f64x2.mul(oi, wi));
    const ti = f64x2.add(f64x2.mul(or, wi), f64x2.mul(oi, wr));
    const er = f64x2.add(pr, qr);
    const ei = f64x2.sub(pi, qi);
    const ur = f64x2.add(er, tr);
    const ui = f64x2.add(ei, ti);
    const dr = f64x2.sub(er, tr);
    const di = f64x2.sub(ei, ti);
    storeLow(up, f64x2.add(f64x2.mul(ur, ur), f64x2.mul(ui, ui)));
    storeLow(down, f64x2.add(f64x2.mul(dr, dr), f64x2.mul(di, di)));
  }
}

/** Both frames' power as float32: from here on nothing cancels. */
// @ts-ignore: decorator
@inline
function storeLow(at: usize, pair: v128): void {
  v128.store64_lane(at, f32x4.demote_f64x2_zero(pair), 0);
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
  let group = filters;
  let column = target + ((groups - 1) << 4);
  for (let i = 0; i < groups; i++, group += 20, column -= 16) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    const pb = <usize>load<i32>(group, 4);
    const pc = <usize>load<i32>(group, 8);
    const pd = <usize>load<i32>(group, 12);
    const end = weight + <usize>load<i32>(group, 16);
    for (let p = power + <usize>load<i32>(group); weight < end; weight += 16, p += 16) {
      a = f32x4.add(a, f32x4.mul(v128.load(p), v128.load32_splat(weight)));
      b = f32x4.add(b, f32x4.mul(v128.load(p + pb), v128.load32_splat(weight, 4)));
      c = f32x4.add(c, f32x4.mul(v128.load(p + pc), v128.load32_splat(weight, 8)));
      d = f32x4.add(d, f32x4.mul(v128.load(p + pd), v128.load32_splat(weight, 12)));
    }
    a = decibels(a);
    b = decibels(b);
    c = decibels(c);
    d = decibels(d);
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

// In memory because engines build vector constants anew at every use; a broadcast load is one instruction.
const coefficients = memory.data<f32>([
  1e-10, 0.5, 1, 3.01029995664, 4.34294481903, // least power, …, 10·log10(2), 10/ln(10)
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
  0.70710678, // √½, by its bits
]);

// @ts-ignore: decorator
@inline
function coefficient(index: usize): v128 {
  return v128.load32_splat(coefficients + (index << 2));
}

// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/** 10·log10(max(1e-10, x)); the polynomial for the mantissa in [√½, √2) is Cephes' logf. Not finite in, NaN out. */
// @ts-ignore: decorator
@inline
function decibels(x: v128): v128 {
  const clamped = f32x4.pmax(coefficient(0), x);
  const exponent = i32x4.shr_s(i32x4.sub(clamped, coefficient(14)), 23);
  const f = f32x4.sub(i32x4.sub(clamped, i32x4.shl(exponent, 23)), coefficient(2));
  const z = f32x4.mul(f, f);
  let y = multiplyAdd(coefficient(5), f, coefficient(6));
  y = multiplyAdd(y, f, coefficient(7));
  y = multiplyAdd(y, f, coefficient(8));
  y = multiplyAdd(y, f, coefficient(9));
  y = multiplyAdd(y, f, coefficient(10));
  y = multiplyAdd(y, f, coefficient(11));
  y = multiplyAdd(y, f, coefficient(12));
  y = multiplyAdd(y, f, coefficient(13));
  const ln = f32x4.add(f32x4.sub(f32x4.mul(f32x4.mul(y, f), z), f32x4.mul(z, coefficient(1))), f);
  const whole = f32x4.mul(f32x4.convert_i32x4_s(exponent), coefficient(3));
  return f32x4.add(multiplyAdd(ln, coefficient(4), whole), f32x4.sub(x, x));
}

import type { GuardRaised, MemoryCategory } from '../../shared/run/events.ts';

/** Memory at a moment; `shapes` counts the batch shapes that the graph process has been given so far. */
export interface MemorySample {
  step: number;
  shapes: number;
  bytes: Partial<Record<MemoryCategory, number>>;
}

export type Leak = NonNullable<GuardRaised['leak']>;

/**
 * Finds memory that grows where it should not: steadily, over many steps, while no new batch shape came (each brings
 * buffers of its own). Pure; raised once until the growth has stopped.
 */
export interface LeakDetector {
  add(sample: MemorySample): Leak | undefined;
}

/** At one sample each 5 s, three minutes. */
const leastSamples = 36;
/** An hour; beyond it every other sample of the older half goes. */
const mostSamples = 720;
const leastSteps = 20;
const parts = 12;
/** The later half of a leak grows at no less than this share of the earlier half's rate. */
const steadyShare = 0.75;
/** Growth at less than this share of what was told of ends the episode. */
const endedShare = 0.25;

const mebibyte = 2 ** 20;
/**
 * Growth that counts. A heap is swept as late as its collector likes, so it has to grow far; the others vary by what
 * one step holds.
 */
const leastGrowthBytes: Record<MemoryCategory, number> = {
  engineHeap: 128 * mebibyte,
  engineExternal: 48 * mebibyte,
  engineNative: 48 * mebibyte,
  graphHeap: 128 * mebibyte,
  graphExternal: 48 * mebibyte,
  graphNative: 48 * mebibyte,
};
const categories = Object.keys(leastGrowthBytes) as MemoryCategory[];

export function createLeakDetector(): LeakDetector {
  let samples: MemorySample[] = [];
  /** Categories that were told of, with their growth in bytes per step. */
  const raised = new Map<MemoryCategory, number>();
  return {
    add(sample) {
      if (samples.length > 0 && sample.shapes !== samples[0]!.shapes) samples = [];
      samples.push(sample);
      if (samples.length > mostSamples) samples = samples.filter((_, i) => i >= mostSamples / 2 || i % 2 === 0);
      if (samples.length < leastSamples || sample.step - samples[0]!.step < leastSteps) return undefined;
      for (const category of categories) {
        const growth = growthOf(samples, category);
        if (!growth) continue;
        const told = raised.get(category);
        const begins = told === undefined && growth.isLeak;
        const ends = told !== undefined && growth.bytesPerStep < endedShare * told;
        if (!begins && !ends) continue;
        const { step: firstStep } = samples[0]!;
        // Either way memory is watched anew from here.
        samples = [sample];
        if (ends) raised.delete(category);
        if (!begins) return undefined;
        raised.set(category, growth.bytesPerStep);
        return { category, firstStep, lastStep: sample.step, bytesPerStep: growth.bytesPerStep };
      }
      return undefined;
    },
  };
}

/** How one category grew over all samples. */
function growthOf(samples: readonly MemorySample[], category: MemoryCategory) {
  const floors = floorsOf(samples, category);
  if (!floors) return undefined;
  const bytesPerStep = theilSen(floors);
  const grown = bytesPerStep * (samples.at(-1)!.step - samples[0]!.step);
  // What fills up slows down; a leak does not.
  const slows = () => theilSen(floors.slice(parts / 2)) < steadyShare * theilSen(floors.slice(0, parts / 2));
  return { bytesPerStep, isLeak: grown >= leastGrowthBytes[category] && rises(floors) && !slows() };
}

interface Point {
  step: number;
  bytes: number;
}

/** The least of each twelfth of the samples: what is left when a collector has been. */
function floorsOf(samples: readonly MemorySample[], category: MemoryCategory): Point[] | undefined {
  const floors: Point[] = [];
  for (let part = 0; part < parts; part++) {
    const own = samples.slice(
      Math.floor((part * samples.length) / parts),
      Math.floor(((part + 1) * samples.length) / parts),
    );
    let least: Point | undefined;
    for (const { step, bytes } of own) {
      const value = bytes[category];
      if (value !== undefined && (least === undefined || value < least.bytes)) least = { step, bytes: value };
    }
    if (!least) return undefined;
    floors.push(least);
  }
  return floors;
}

/** Median slope of all pairs, in bytes per step: up to 29 % of the points may be anything (Theil 1950, Sen 1968). */
function theilSen(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [i, a] of points.entries())
    for (const b of points.slice(i + 1)) if (b.step > a.step) slopes.push((b.bytes - a.bytes) / (b.step - a.step));
  slopes.sort((a, b) => a - b);
  return slopes.length === 0 ? 0 : slopes[Math.floor(slopes.length / 2)]!;
}

/** Mann and Kendall's test: nearly every pair rises. By chance twelve values do with a probability below 1e-5. */
function rises(points: readonly Point[]): boolean {
  let rising = 0;
  let pairs = 0;
  for (const [i, a] of points.entries())
    for (const b of points.slice(i + 1)) {
      pairs++;
      rising += Math.sign(b.bytes - a.bytes);
    }
  return rising > 0.85 * pairs;
}

const places: Record<MemoryCategory, string> = {
  engineHeap: 'the JavaScript heap of the engine',
  engineExternal: 'the engine’s buffers outside its heap',
  engineNative: 'the native memory of the engine and its feature workers',
  graphHeap: 'the JavaScript heap of the process that runs the graph',
  graphExternal: 'the buffers outside its heap of the process that runs the graph',
  graphNative: 'the native memory (ONNX Runtime) of the process that runs the graph',
};

/** A leak in words, with what to do. */
export function explainLeak({ category, firstStep, lastStep, bytesPerStep }: Leak): {
  message: string;
  remedy: string;
} {
  const grown = Math.round((bytesPerStep * (lastStep - firstStep)) / mebibyte);
  const perStep = (bytesPerStep / 1024).toPrecision(3);
  const another = category === 'graphNative' ? ', try another --device' : '';
  return {
    message: `${places[category]} grew by ${grown} MiB over steps ${firstStep} to ${lastStep} while no new batch shape came, ${perStep} KiB per step`,
    remedy: `before memory runs out, stop the run and go on with --resume: it starts with fresh memory and loses nothing${another}; this is a defect, and events.jsonl shows it`,
  };
}

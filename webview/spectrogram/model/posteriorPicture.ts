import type { PosteriorPlan } from '../../../src/shared/protocol/spectrogramModel.ts';
import type { Viewport } from '../hand/viewport.ts';

/** Posteriors as far as they have come. */
export interface LoadedPosteriors {
  plan: PosteriorPlan;
  probabilities: Uint8Array; // [frames, rows]
  topUnits: Uint16Array; // [frames, topCount]
  topProbabilities: Uint8Array; // [frames, topCount]
  /** Frames from the first on that are there. */
  loaded: number;
}

/** The frame that covers a time; undefined between pieces, outside of them, and where it has not come yet. */
export function frameAt({ plan, loaded }: LoadedPosteriors, sec: number): number | undefined {
  let first = 0;
  for (const piece of plan.pieces) {
    const frame = Math.floor((sec - piece.startSec) / plan.frameSec);
    if (frame >= 0 && frame < piece.frames) return first + frame < loaded ? first + frame : undefined;
    first += piece.frames;
  }
  return undefined;
}

export interface UnitProbability {
  /** '' is the blank. */
  unit: string;
  /** 0 to 1. */
  probability: number;
}

/** The likeliest units at a time, without those of no chance. */
export function likeliestAt(posteriors: LoadedPosteriors, sec: number): UnitProbability[] {
  const frame = frameAt(posteriors, sec);
  if (frame === undefined) return [];
  const { plan, topUnits, topProbabilities } = posteriors;
  return Array.from({ length: plan.topCount }, (_, i) => ({
    unit: plan.units[topUnits[frame * plan.topCount + i]!] ?? '',
    probability: topProbabilities[frame * plan.topCount + i]! / 255,
  })).filter(({ probability }) => probability > 0);
}

/** Runs of frames of each piece that lie in a stretch. */
function* framesIn({ plan, loaded }: LoadedPosteriors, { startSec, endSec }: Viewport) {
  let first = 0;
  for (const piece of plan.pieces) {
    const from = Math.max(0, Math.floor((startSec - piece.startSec) / plan.frameSec));
    const to = Math.min(piece.frames, loaded - first, Math.ceil((endSec - piece.startSec) / plan.frameSec));
    if (from < to) yield { startSec: piece.startSec, first, from, to };
    first += piece.frames;
  }
}

/** Rows worth a place in a picture of a stretch, at most so many, from its bottom: the blank, then the units, the first on top. */
export function chooseRows(posteriors: readonly LoadedPosteriors[], viewport: Viewport, most: number): string[] {
  const highest = new Map<string, number>();
  for (const one of posteriors) {
    const { rows, units } = one.plan;
    const peaks = new Uint8Array(rows);
    for (const { first, from, to } of framesIn(one, viewport))
      for (let i = (first + from) * rows; i < (first + to) * rows; i++)
        if (one.probabilities[i]! > peaks[i % rows]!) peaks[i % rows] = one.probabilities[i]!;
    for (let row = 0; row < rows; row++)
      if (row === 0 || peaks[row]! >= leastPeak)
        highest.set(units[row]!, Math.max(highest.get(units[row]!) ?? 0, peaks[row]!));
  }
  const order = new Map(posteriors.flatMap(({ plan }) => plan.units.slice(0, plan.rows)).map((unit, i) => [unit, i]));
  const others = [...highest.keys()].filter((unit) => unit !== '').sort((a, b) => highest.get(b)! - highest.get(a)!);
  const kept = others.slice(0, most - 1).sort((a, b) => order.get(b)! - order.get(a)!);
  return highest.has('') ? ['', ...kept] : kept;
}

/** Of a frame: a column that ends with it shows none of the next. */
const rounding = 1e-6;
/** A tenth: less is hardly seen. */
const leastPeak = 26;

/**
 * The greatest probability of each unit in each column of a picture, so that the shortest spike is seen at any zoom.
 * `heard` is 1 in columns where there are posteriors.
 */
export function poolColumns(
  posteriors: readonly LoadedPosteriors[],
  units: readonly string[],
  viewport: Viewport,
  columns: number,
): { cells: Uint8Array; heard: Uint8Array } {
  const cells = new Uint8Array(units.length * columns); // [units, columns]
  const heard = new Uint8Array(columns);
  const secPerColumn = (viewport.endSec - viewport.startSec) / columns;
  for (const one of posteriors) {
    const { plan, probabilities } = one;
    const rows = units.map((unit) => plan.units.indexOf(unit)).map((row) => (row < plan.rows ? row : -1));
    for (const { startSec, first, from, to } of framesIn(one, viewport)) {
      const columnOf = (frame: number) => (startSec + frame * plan.frameSec - viewport.startSec) / secPerColumn;
      const begin = Math.max(0, Math.floor(columnOf(from)));
      const end = Math.min(columns, Math.ceil(columnOf(to)));
      for (let column = begin; column < end; column++) {
        const sec = viewport.startSec + column * secPerColumn - startSec;
        const low = Math.max(from, Math.floor(sec / plan.frameSec + rounding));
        const high = Math.min(to, Math.max(low + 1, Math.ceil((sec + secPerColumn) / plan.frameSec - rounding)));
        if (low < high) heard[column] = 1;
        for (let frame = low; frame < high; frame++)
          for (let i = 0; i < rows.length; i++) {
            const value = rows[i]! < 0 ? 0 : probabilities[(first + frame) * plan.rows + rows[i]!]!;
            if (value > cells[i * columns + column]!) cells[i * columns + column] = value;
          }
      }
    }
  }
  return { cells, heard };
}

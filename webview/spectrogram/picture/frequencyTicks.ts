import { formatHzTick, formatHzUnit } from '../../ui/axisText.ts';
import { type Bands, bandScale } from '../hand/bands.ts';
import type { FrequencyAxis } from './frequencyAxis.ts';

export interface FrequencyTicks {
  /** Hz, low to high: they have text, and do not run into each other. */
  labelled: number[];
  /** Round frequencies between them. */
  plain: number[];
}

const labelGapPx = 24;
const plainGapPx = 5;
/** Text needs this much room beside the lane's ends. */
const edgePx = 7;

/** Round frequencies of the visible part of any axis, at any zoom. */
export function frequencyTicks(axis: FrequencyAxis, bands: Bands, heightPx: number): FrequencyTicks {
  const { toPx } = bandScale(bands, heightPx);
  const place = (hz: number) => toPx(axis.toShare(hz));
  const range = { lowHz: Math.max(0, axis.toHz(bands.low)), highHz: axis.toHz(bands.high) };
  const hasRoom = (hz: number) => place(hz) >= edgePx && place(hz) <= heightPx - edgePx;
  const labelled = roundFrequencies(range, place, labelGapPx).filter(hasRoom);
  const all = roundFrequencies(range, place, plainGapPx);
  // A low lane may have no room for a whole division: then the roundest that fit.
  if (labelled.length < 2)
    for (const hz of all.filter(hasRoom).sort((a, b) => roundness(b) - roundness(a)))
      if (labelled.every((other) => Math.abs(place(other) - place(hz)) >= labelGapPx)) labelled.push(hz);
  return { labelled: labelled.sort((a, b) => a - b), plain: all.filter((hz) => !labelled.includes(hz)) };
}

/** The power of ten that divides it, and a half more where twice that or five times that does. */
function roundness(hz: number): number {
  let power = Math.floor(Math.log10(Math.max(1, hz)));
  while (exact(hz / 10 ** power) % 1 !== 0) power--;
  const digits = exact(hz / 10 ** power);
  return power + (digits % 5 === 0 || digits % 2 === 0 || digits === 1 ? 0.5 : 0);
}

/** Into how many parts a span of 1, 2 or 5 times a power of ten is divided so that the parts are such spans again. */
const divisors: Record<number, readonly number[]> = { 1: [10, 5, 2], 2: [10, 4, 2], 5: [10, 5] };

/**
 * Divides from the whole range down wherever the parts are wide enough: an axis that is denser at one end gets
 * fewer ticks there, and every tick is as round as its neighbours allow.
 */
function roundFrequencies(
  { lowHz, highHz }: { lowHz: number; highHz: number },
  place: (hz: number) => number,
  minGapPx: number,
): number[] {
  const found: number[] = [];
  const seen = (hz: number) => hz >= lowHz - 1e-6 && hz <= highHz + 1e-6;
  const divide = (fromHz: number, digit: number, power: number) => {
    const spanHz = digit * 10 ** power;
    if (fromHz > highHz || fromHz + spanHz < lowHz) return;
    for (const parts of divisors[digit]!) {
      const points = Array.from({ length: parts + 1 }, (_, i) => exact(fromHz + (i * spanHz) / parts));
      const fits = points.every((hz, i) => {
        const next = points[i + 1];
        return next === undefined || next < lowHz || hz > highHz || Math.abs(place(hz) - place(next)) >= minGapPx;
      });
      if (!fits) continue;
      found.push(...points.slice(1, -1).filter(seen));
      const [partDigit, partPower] = leading(spanHz / parts);
      for (const hz of points.slice(0, -1)) divide(hz, partDigit, partPower);
      return;
    }
  };
  const top = Math.ceil(Math.log10(Math.max(1, highHz)) - 1e-12);
  found.push(...[0, 10 ** top].filter(seen));
  divide(0, 1, top);
  return found.sort((a, b) => a - b);
}

/** Without what sums of fractions leave behind. */
const exact = (hz: number): number => Math.round(hz * 1e6) / 1e6;

function leading(spanHz: number): [digit: number, power: number] {
  const power = Math.floor(Math.log10(spanHz) + 1e-9);
  return [Math.round(spanHz / 10 ** power), power];
}

/** Texts of an axis: all in one unit, with the digits that tell neighbours apart; the topmost says its unit. */
export function frequencyTexts(labelled: readonly number[]): string[] {
  const inHz = labelled.some((hz) => hz >= 1000 && exact(hz / 10) % 1 !== 0);
  return labelled.map((hz, i) => {
    const last = i === labelled.length - 1;
    if (inHz) return last ? `${exact(hz)} Hz` : String(exact(hz));
    return last ? formatHzUnit(hz) : formatHzTick(hz);
  });
}

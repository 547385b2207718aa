import type { BarPicture } from '../ui/barChart.ts';
import type { ChartPicture } from '../ui/chartPicture.ts';
import { fill } from '../ui/fill.ts';
import { formatNumber } from '../ui/formatNumber.ts';
import type { StreamRun } from './streamRun.ts';
import type { Strings } from './strings.ts';

const mostBars = 24;
const widths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 60_000];

/** How often a time in milliseconds fell into each stretch; round stretches, so many that the slowest has its bar. */
export function histogramOf(
  valuesMs: readonly number[],
  series: { name: string; color: string },
  text: Strings,
): BarPicture {
  const least = valuesMs.reduce((low, value) => Math.min(low, value), 0);
  const most = valuesMs.reduce((high, value) => Math.max(high, value), 0);
  const width = widths.find((one) => (most - least) / one < mostBars - 1) ?? widths.at(-1)!;
  const first = Math.floor(least / width);
  const count = valuesMs.length === 0 ? 0 : Math.floor(most / width) - first + 1;
  const counts = new Array<number>(count).fill(0);
  for (const value of valuesMs) counts[Math.floor(value / width) - first]!++;
  return {
    unit: text.milliseconds,
    bars: counts.map((_, i) => {
      const from = (first + i) * width;
      return { tick: String(from), label: fill(text.fromTo, from, from + width) };
    }),
    series: [{ ...series, counts }],
  };
}

/** Computing of each chunk over the recording, with the time that a chunk lasts. */
export function computePicture(
  { chunks }: StreamRun,
  chunkMs: number,
  color: string,
  limitColor: string,
  text: Strings,
): ChartPicture {
  const longest = chunks.reduce((most, { computeMs }) => Math.max(most, computeMs), 0);
  return {
    x: { label: text.heard, format: (sec) => `${sec.toFixed(2)} s` },
    y: { format: (ms) => `${formatNumber(ms)} ms`, fromZero: true },
    lines: [
      {
        label: text.compute,
        color,
        x: chunks.map(({ heardSec }) => heardSec),
        y: chunks.map(({ computeMs }) => computeMs),
        points: chunks.length < 80,
      },
    ],
    // Far below it the line would be a flat one.
    ...(longest > chunkMs / 4
      ? { levels: [{ y: chunkMs, label: fill(text.chunkLasts, chunkMs), color: limitColor }] }
      : {}),
  };
}

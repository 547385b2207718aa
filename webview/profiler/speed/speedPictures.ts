import { formatPercent } from '../../../src/shared/run/runStatus.ts';
import type { SeriesPoint } from '../../../src/shared/run/stepSeries.ts';
import type { ChartLine, ChartPicture } from '../../ui/chartPicture.ts';
import { formatNumber, formatPercentTick } from '../../ui/formatNumber.ts';
import { seriesColor } from '../../ui/seriesColor.ts';
import type { ShownRun } from '../section.ts';
import type { Strings } from '../strings.ts';

export type SpeedChart = 'throughput' | 'split' | 'padding' | 'loader' | 'queue';

/** Curves of the run in focus, and of the others where lines can lie over each other. */
export function speedPictures(
  runs: readonly ShownRun[],
  text: Strings,
  light: boolean,
): Record<SpeedChart, ChartPicture | undefined> {
  const [focus] = runs;
  const x = {
    label: text.step,
    format: (step: number) => (step >= 1e5 ? formatNumber(step) : String(Math.round(step))),
  };
  const overlay = (label: string, read: (point: SeriesPoint) => number | undefined): ChartLine[] =>
    runs.flatMap(({ name, model, color }) => {
      const points = [...model.history, ...model.recent];
      const y = points.map((point) => read(point) ?? null);
      const line = { label: runs.length > 1 ? name : label, color, x: points.map(({ lastStep }) => lastStep), y };
      return y.some((value) => value !== null) ? [line] : [];
    });
  const optional = (lines: ChartLine[], format: (value: number) => string): ChartPicture | undefined =>
    lines.length > 0 ? { x, y: { format, fromZero: true }, lines } : undefined;
  const always = (lines: ChartLine[], format: (value: number) => string): ChartPicture => ({
    x,
    y: { format, fromZero: true },
    lines,
  });
  const rate = ({ audioSec, durationMs }: SeriesPoint) => (durationMs > 0 ? (audioSec / durationMs) * 1000 : undefined);
  return {
    throughput: always(overlay(text.throughput, rate), (value) => `${formatNumber(value)} ×`),
    split: always(focus ? stackedParts(focus, text, light) : [], formatMs),
    padding: {
      ...always(
        overlay(text.paddingTitle, ({ paddingShare }) => paddingShare),
        formatPercent,
      ),
      y: { format: formatPercent, tick: formatPercentTick, fromZero: true },
    },
    loader: optional(
      overlay(text.featureTime, ({ featureMs }) => featureMs),
      formatMs,
    ),
    queue: optional(
      overlay(text.queue, ({ queue }) => queue),
      formatNumber,
    ),
  };
}

export const formatMs = (ms: number): string =>
  ms >= 10_000 ? `${formatNumber(ms / 1000)} s` : `${formatNumber(ms)} ms`;

/** Each part lies on the one before; the read-out tells the part itself. */
function stackedParts({ model }: ShownRun, text: Strings, light: boolean): ChartLine[] {
  const points = [...model.history, ...model.recent];
  const x = points.map(({ lastStep }) => lastStep);
  const timed = points.some(({ graphMs }) => graphMs !== undefined);
  const parts: [string, (point: SeriesPoint) => number][] = [
    [text.waitPart, ({ waitMs }) => waitMs],
    ...(timed
      ? [
          [text.graphPart, ({ graphMs = 0 }) => graphMs] as [string, (point: SeriesPoint) => number],
          [text.updatePart, ({ updateMs = 0 }) => updateMs] as [string, (point: SeriesPoint) => number],
        ]
      : []),
    [
      text.restPart,
      ({ durationMs, waitMs, graphMs = 0, updateMs = 0 }) => Math.max(0, durationMs - waitMs - graphMs - updateMs),
    ],
  ];
  const lines: ChartLine[] = [];
  let below = points.map(() => 0);
  for (const [label, read] of parts) {
    const values = points.map(read);
    below = below.map((sum, index) => sum + values[index]!);
    const color = seriesColor(partColors[lines.length]!, light);
    lines.push({ label, color, x, y: below, values, widthPx: 1, fillTo: lines.at(-1) ?? 'zero' });
  }
  return lines;
}

/** Waiting stands out; parts that touch are far apart in lightness. */
const partColors = [3, 0, 5, 4];

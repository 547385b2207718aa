import type { RunModel } from '../../../src/shared/run/runModel.ts';
import { formatPercent } from '../../../src/shared/run/runStatus.ts';
import type { SeriesPoint } from '../../../src/shared/run/stepSeries.ts';
import type { ChartLine, ChartMark, ChartPicture, ChartRange } from '../../ui/chartPicture.ts';
import { fill } from '../../ui/fill.ts';
import { formatNumber, formatPercentTick } from '../../ui/formatNumber.ts';
import { seriesColor } from '../../ui/seriesColor.ts';
import type { ShownRun } from '../section.ts';
import type { Strings } from '../strings.ts';
import type { ViewState } from '../viewState.ts';
import { ascending, axisOf, type PlaceX, placeXOf } from './placeX.ts';
import { smooth } from './smooth.ts';

export type LearningChart = 'loss' | 'errors' | 'learningRate' | 'gradient' | 'lossScale';

export interface PictureOptions {
  state: Pick<ViewState, 'xAxis' | 'log' | 'smoothing'>;
  range?: ChartRange | undefined;
  text: Strings;
  colors: { light: boolean; warning: string; error: string; best: string; muted: string };
}

/** The curves of the learning section; undefined where no run has such data. */
export function learningPictures(
  runs: readonly ShownRun[],
  options: PictureOptions,
): Record<LearningChart, ChartPicture | undefined> {
  const series = runs.map((run, index) => seriesOf(run, index, runs.length, options));
  const marks = runs[0] ? marksOf(runs[0].model, options) : [];
  const { state, text, range } = options;
  const base = { x: axisOf(state.xAxis, text), marks, range: range ?? wholeRange(series) };
  const picture = (lines: ChartLine[], y: Partial<ChartPicture['y']> = {}): ChartPicture => ({
    ...base,
    y: { format: formatNumber, ...y },
    lines,
  });
  const log = { log: state.log };
  const scales = series.flatMap((one) => one.lossScale);
  const clipNorm = runs[0]?.model.started?.clipNorm;
  const gradient = picture(
    series.flatMap((one, index) => one.gradient(index === 0)),
    log,
  );
  return {
    loss: picture(
      series.flatMap((one) => one.loss),
      log,
    ),
    errors: picture(
      series.flatMap((one) => one.errors),
      {
        ...{ format: formatPercent, tick: formatPercentTick, fromZero: !state.log },
        ...log,
      },
    ),
    learningRate: picture(
      series.flatMap((one) => one.learningRate),
      log,
    ),
    gradient: clipNorm
      ? {
          ...gradient,
          levels: [{ y: clipNorm, label: fill(text.clip, formatNumber(clipNorm)), color: options.colors.muted }],
        }
      : gradient,
    lossScale: scales.length > 0 ? picture(scales, { log: true }) : undefined,
  };
}

/** From the first step of any run to the last: charts under each other show the same stretch. */
function wholeRange(series: readonly RunLines[]): ChartRange | undefined {
  const ends = series.flatMap(({ loss }) => loss.flatMap(({ x }) => (x.length > 0 ? [x[0]!, x.at(-1)!] : [])));
  const [min, max] = [Math.min(...ends), Math.max(...ends)];
  return max > min ? { min, max } : undefined;
}

interface RunLines {
  loss: ChartLine[];
  errors: ChartLine[];
  learningRate: ChartLine[];
  gradient(inFocus: boolean): ChartLine[];
  lossScale: ChartLine[];
}

const dotted = [2, 3];
const dashed = [6, 4];

/** A single run has a colour per line, several have one per run and differ by dashes. */
function seriesOf(run: ShownRun, index: number, runs: number, { state, text, colors }: PictureOptions): RunLines {
  const { model, color } = run;
  const points = [...model.history, ...model.recent];
  const place = placeXOf(model, state.xAxis);
  const x = ascending(points.map(({ lastStep, timeMs }) => place({ step: lastStep, timeMs })));
  const named = (label: string) => (runs > 1 ? `${run.name} ${label}` : label);
  /** Of a chart with one line for each run. */
  const alone = (label: string) => (runs > 1 ? run.name : label);
  const colorOf = (line: number) => (runs > 1 ? color : seriesColor(line, colors.light));
  const ofPoints = (label: string, read: (point: SeriesPoint) => number | undefined, more: Partial<ChartLine> = {}) => {
    const y = points.map((point) => finite(read(point)));
    return y.some((value) => value !== null) ? [{ label: named(label), color, x, y, ...more }] : [];
  };
  const raw = points.map(({ loss }) => finite(loss));
  const faint = `color-mix(in srgb, ${color} 35%, transparent)`;
  const smoothed = state.smoothing > 0;
  const dev = devLines(model, place, named, colorOf, text);
  return {
    loss: [
      ...(smoothed ? [{ label: named(''), color: faint, x, y: raw, widthPx: 1, quiet: true }] : []),
      { label: named(text.training), color, x, y: smoothed ? smooth(raw, state.smoothing) : raw, widthPx: 2 },
      ...(index === 0 ? ofPoints(text.ctc, ({ ctcLoss }) => ctcLoss, { color: colorOf(2), dash: dotted }) : []),
      ...(index === 0
        ? ofPoints(text.attention, ({ attentionLoss }) => attentionLoss, { color: colorOf(3), dash: dashed })
        : []),
      ...dev.loss,
    ],
    errors: dev.errors,
    learningRate: ofPoints(text.learningRate, ({ learningRate }) => learningRate, { label: alone(text.learningRate) }),
    gradient: (inFocus) => [
      ...ofPoints(text.norm, ({ gradientNorm }) => gradientNorm, { widthPx: 1 }),
      ...(inFocus && points.some(({ steps }) => steps > 1)
        ? ofPoints(text.highest, (point) => point.gradientNormMax, { color: colorOf(3), widthPx: 1, dash: dotted })
        : []),
      ...(inFocus ? normBand(model, place, named, colorOf(1), text) : []),
    ],
    lossScale: ofPoints(text.lossScale, ({ lossScale }) => lossScale, { label: alone(text.lossScale) }),
  };
}

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

function devLines(
  { evaluations }: RunModel,
  place: PlaceX,
  named: (label: string) => string,
  colorOf: (line: number) => string,
  text: Strings,
): { loss: ChartLine[]; errors: ChartLine[] } {
  if (evaluations.length === 0) return { loss: [], errors: [] };
  const x = ascending(evaluations.map(place));
  const line = (label: string, color: string, read: (index: number) => number, dash?: number[]): ChartLine => ({
    ...{
      label: named(label),
      color,
      x,
      y: evaluations.map((_, index) => finite(read(index))),
      points: true,
      widthPx: 2,
    },
    ...(dash ? { dash } : {}),
  });
  return {
    loss: [line(text.dev, colorOf(1), (index) => evaluations[index]!.loss, dashed)],
    errors: [
      line('WER', colorOf(0), (index) => evaluations[index]!.wer),
      line('CER', colorOf(1), (index) => evaluations[index]!.cer, dashed),
    ],
  };
}

/** What 80 % of an epoch's steps had, and their median, held over the epoch. */
function normBand(
  { gradientNorms }: RunModel,
  place: PlaceX,
  named: (label: string) => string,
  color: string,
  text: Strings,
): ChartLine[] {
  if (gradientNorms.length === 0) return [];
  const x = ascending(gradientNorms.map(place));
  const values = (read: (norms: (typeof gradientNorms)[number]) => number) =>
    gradientNorms.map((one) => finite(read(one)));
  const low: ChartLine = { label: named('p10'), color, x, y: values(({ p10 }) => p10), widthPx: 1 };
  const high: ChartLine = { label: named('p90'), color, x, y: values(({ p90 }) => p90), widthPx: 1, fillTo: low };
  const middle: ChartLine = { label: named(text.median), color, x, y: values(({ p50 }) => p50), widthPx: 2 };
  return [low, middle, high];
}

/** What happened to the run in focus. */
function marksOf(model: RunModel, { state, text, colors }: PictureOptions): ChartMark[] {
  const place = placeXOf(model, state.xAxis);
  const { best, evaluations } = model;
  const bestAt = evaluations.find(({ epoch }) => epoch === best?.epoch);
  const skipText = { nonFinite: text.skippedNonFinite, overflow: text.skippedOverflow };
  return [
    ...model.skipped
      .filter(({ reason }) => reason === 'nonFinite')
      .map(
        (skip): ChartMark => ({ x: place(skip), label: skipText[skip.reason], color: colors.error, symbol: 'cross' }),
      ),
    ...model.guards.map(
      (guard): ChartMark => ({
        x: place(guard),
        label: `${guard.code}: ${guard.message}`,
        color: guard.severity === 'warning' ? colors.warning : colors.muted,
        symbol: guard.severity === 'warning' ? 'triangle' : 'dot',
      }),
    ),
    ...model.profiles.map(
      (profile): ChartMark => ({ x: place(profile), label: text.profiled, color: colors.muted, symbol: 'dot' }),
    ),
    ...(best && bestAt
      ? [
          {
            x: place(bestAt),
            label: fill(text.bestEpoch, `WER ${formatPercent(best.wer)}`, bestAt.epoch + 1),
            color: colors.best,
            symbol: 'star' as const,
          },
        ]
      : []),
  ];
}

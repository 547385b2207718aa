import uPlot from 'uplot';
import type { ChartColumns, ChartLine, ChartMark, ChartPicture, ChartRange } from './chartPicture.ts';
import type { Theme } from './theme.ts';

export interface PlotEvents {
  /** The pointer or a key is at a place of x; undefined when it has left. */
  pointed(x: number | undefined): void;
  zoomed(range: ChartRange): void;
}

/** Options of uPlot for the form of a picture; data and range follow by `setData`. `latest` is what is painted. */
export function plotOptions(
  latest: () => ChartPicture,
  theme: Theme,
  size: { width: number; height: number },
  syncKey: string | undefined,
  events: PlotEvents,
): uPlot.Options {
  const { lines, x, y } = latest();
  const font = `11px ${theme.fontFamily}`;
  const axis = {
    stroke: theme.muted,
    font,
    grid: { stroke: faint(theme), width: 1 },
    ticks: { stroke: faint(theme), width: 1, size: 4 },
    border: { show: false },
  };
  return {
    ...size,
    padding: [14, 10, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: (_plot, min, max) => xRange(latest().range, min, max) },
      y: { distr: y.log ? 3 : 1, range: (_plot, min, max) => yRange(latest(), min, max) },
    },
    axes: [
      {
        ...axis,
        ...(x.ticks ? { splits: (plot, _axis, min, max) => x.ticks!(min, max, plot.width) } : {}),
        size: 24,
        gap: 3,
        space: 70,
        values: (_plot, splits) => splits.map((value) => x.format(value)),
      },
      {
        ...axis,
        gap: 4,
        space: y.log ? 20 : 26,
        size: (_plot, values) => 12 + widest(values ?? [], font),
        values: (_plot, splits) => splits.map((value) => (value === null ? '' : (y.tick ?? y.format)(value))),
      },
    ],
    series: [{}, ...lines.map(seriesOf)],
    bands: lines.flatMap(({ fillTo, color }, index) => {
      const under = typeof fillTo === 'object' ? lines.indexOf(fillTo) : -1;
      return under < 0 ? [] : [{ series: [index + 1, under + 1] as [number, number], fill: translucent(color) }];
    }),
    cursor: {
      y: false,
      points: { size: 6, width: 0 },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => null },
      ...(syncKey
        ? {
            sync: {
              key: syncKey,
              setSeries: false,
              scales: ['x', null],
              filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
            },
          }
        : {}),
    },
    hooks: {
      setSelect: [(plot) => takeSelection(plot, events)],
      setCursor: [({ cursor: { idx, left }, data }) => events.pointed(pointedX(data[0], idx, left))],
      drawClear: [(plot) => drawStretches(plot, latest())],
      draw: [(plot) => drawNotes(plot, latest(), font)],
    },
  };
}

function seriesOf(line: ChartLine): uPlot.Series {
  return {
    label: line.label,
    stroke: line.color,
    width: line.widthPx ?? 1.5,
    ...(line.dash ? { dash: line.dash } : {}),
    ...(line.fillTo === 'zero' ? { fill: translucent(line.color) } : {}),
    points: line.points ? { show: true, size: 5, fill: line.color } : {},
  };
}

/** The same colour, through which a grid is still seen. */
const translucent = (color: string): string => `color-mix(in srgb, ${color} 28%, transparent)`;
const faint = (theme: Theme): string =>
  `color-mix(in srgb, ${theme.foreground} ${theme.highContrast ? 28 : 14}%, transparent)`;

let ruler: CanvasRenderingContext2D | null | undefined;
/** Width in CSS pixels of the widest text. */
function widest(texts: readonly (string | number)[], font: string): number {
  ruler ??= document.createElement('canvas').getContext('2d');
  if (!ruler) return 40;
  ruler.font = font;
  return Math.ceil(Math.max(20, ...texts.map((text) => ruler!.measureText(String(text ?? '')).width)));
}

function xRange(range: ChartRange | undefined, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (range) return [range.min, range.max];
  if (min === null || max === null) return [0, 1];
  return min === max ? [min - 1, max + 1] : [min, max];
}

function yRange(
  { y: { log, fromZero, max: least }, levels = [] }: ChartPicture,
  min: number | null,
  max: number | null,
): uPlot.Range.MinMax {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return log ? [0.1, 1] : [0, 1];
  // A level is shown where it is near what is drawn; a far one must not flatten the lines.
  const top = Math.max(max, least ?? max, ...levels.map((level) => level.y).filter((level) => level <= 2 * max));
  if (log) return uPlot.rangeLog(min, top, 10, false);
  const low = fromZero ? Math.min(0, min) : min;
  if (top === 0 && low === 0) return [0, 1];
  const span = top - low || Math.abs(top) || 1;
  return [low === 0 ? 0 : low - 0.05 * span, top + 0.05 * span];
}

const pointedX = (x: ArrayLike<number>, index: number | null | undefined, left?: number): number | undefined =>
  typeof index === 'number' && (left ?? -1) >= 0 ? x[index] : undefined;

function takeSelection(plot: uPlot, events: PlotEvents): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const [min, max] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (max > min) events.zoomed({ min, max });
}

function drawStretches({ ctx, bbox, valToPos }: uPlot, { stretches = [] }: ChartPicture): void {
  const { left, top, width, height } = bbox;
  const placeOf = (x: number) => Math.min(left + width, Math.max(left, valToPos(x, 'x', true)));
  for (const { min, max, color } of stretches) {
    const from = placeOf(min);
    ctx.fillStyle = `color-mix(in srgb, ${color} 18%, transparent)`;
    ctx.fillRect(from, top, placeOf(max) - from, height);
    ctx.fillStyle = color;
    ctx.fillRect(from, top, placeOf(max) - from, 3 * uPlot.pxRatio);
  }
}

/** Levels across and marks along the axis, over the lines. */
function drawNotes(plot: uPlot, { levels = [], marks = [] }: ChartPicture, font: string): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.beginPath();
  // Symbols stand above the plot.
  ctx.rect(bbox.left - 8 * ratio, bbox.top - 14 * ratio, bbox.width + 16 * ratio, bbox.height + 14 * ratio);
  ctx.clip();
  ctx.lineWidth = ratio;
  for (const { y, label, color } of levels) {
    const at = Math.round(plot.valToPos(y, 'y', true));
    if (at < bbox.top || at > bbox.top + bbox.height) continue;
    ctx.strokeStyle = ctx.fillStyle = color;
    ctx.setLineDash([6 * ratio, 4 * ratio]);
    strokeLine(ctx, bbox.left, at, bbox.left + bbox.width, at);
    ctx.font = font.replace('11px', `${11 * ratio}px`);
    ctx.textAlign = 'right';
    ctx.textBaseline = at - bbox.top > 14 * ratio ? 'bottom' : 'top';
    ctx.fillText(label, bbox.left + bbox.width - 4 * ratio, at + (ctx.textBaseline === 'bottom' ? -2 : 2) * ratio);
  }
  for (const mark of marks) {
    const at = Math.round(plot.valToPos(mark.x, 'x', true));
    if (at < bbox.left - 1 || at > bbox.left + bbox.width + 1) continue;
    ctx.strokeStyle = ctx.fillStyle = mark.color;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    strokeLine(ctx, at, bbox.top, at, bbox.top + bbox.height);
    ctx.setLineDash([]);
    drawSymbol(ctx, mark.symbol, at, bbox.top - 6 * ratio, 4 * ratio);
  }
  ctx.restore();
}

function strokeLine(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** Corners of the symbols, in units of their radius. */
const symbols: Record<Exclude<ChartMark['symbol'], 'cross' | 'dot'>, [number, number][]> = {
  triangle: [
    [0, -1],
    [1, 0.8],
    [-1, 0.8],
  ],
  star: Array.from({ length: 10 }, (_, i): [number, number] => {
    const radius = i % 2 === 0 ? 1.25 : 0.55;
    return [radius * Math.sin((i * Math.PI) / 5), -radius * Math.cos((i * Math.PI) / 5)];
  }),
};

function drawSymbol(
  ctx: CanvasRenderingContext2D,
  symbol: ChartMark['symbol'],
  x: number,
  y: number,
  radius: number,
): void {
  if (symbol === 'cross') {
    ctx.lineWidth = radius / 2.2;
    strokeLine(ctx, x - radius * 0.8, y - radius * 0.8, x + radius * 0.8, y + radius * 0.8);
    strokeLine(ctx, x - radius * 0.8, y + radius * 0.8, x + radius * 0.8, y - radius * 0.8);
    ctx.lineWidth = radius / 4;
    return;
  }
  ctx.beginPath();
  if (symbol === 'dot') ctx.arc(x, y, radius * 0.8, 0, 2 * Math.PI);
  else for (const [dx, dy] of symbols[symbol]) ctx.lineTo(x + dx * radius, y + dy * radius);
  ctx.fill();
}

/** What cannot be changed in a plot that exists. */
export function formOf({ lines, y }: ChartPicture): string {
  const forms = lines.map(({ label, color, dash, points, widthPx, fillTo }) => {
    return [label, color, dash, points, widthPx, typeof fillTo === 'object' ? lines.indexOf(fillTo) : fillTo];
  });
  return JSON.stringify([y.log, forms]);
}

export function createPlot(options: uPlot.Options, columns: ChartColumns, target: HTMLElement): uPlot {
  return new uPlot(options, columns as uPlot.AlignedData, target);
}

export type Plot = uPlot;

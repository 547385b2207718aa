/** What a chart shows, whole: a chart is given another picture, never changed. */
export interface ChartPicture {
  x: { label: string; format(value: number): string; ticks?(min: number, max: number, widthPx: number): number[] };
  y: {
    format(value: number): string;
    /** For the axis, where `format` would be too long. */
    tick?(value: number): string;
    log?: boolean;
    fromZero?: boolean;
    /** Shown even where no line comes near it. */
    max?: number;
  };
  lines: ChartLine[];
  marks?: ChartMark[];
  levels?: ChartLevel[];
  stretches?: ChartStretch[];
  /** Stretch of x that is shown; all without it. */
  range?: ChartRange | undefined;
}

export interface ChartLine {
  label: string;
  color: string;
  /** Ascending. */
  x: readonly number[];
  /** As long as `x`; null where there is no value. */
  y: readonly (number | null)[];
  /** What the read-out and the table say where `y` is not the value itself, as in a stack. */
  values?: readonly (number | null)[];
  dash?: number[];
  widthPx?: number;
  points?: boolean;
  /** Fills down to this line of the same picture, or to zero. */
  fillTo?: ChartLine | 'zero';
  /** Behind the others, and in no read-out. */
  quiet?: boolean;
}

/** Something that happened at a place of the axis. */
export interface ChartMark {
  x: number;
  label: string;
  color: string;
  symbol: 'triangle' | 'cross' | 'star' | 'dot';
}

/** A value of y that matters, drawn across. */
export interface ChartLevel {
  y: number;
  label: string;
  color: string;
}

/** A part of the axis that stands out, behind the lines. */
export interface ChartStretch extends ChartRange {
  color: string;
}

export interface ChartRange {
  min: number;
  max: number;
}

/** Columns for a plot: one x for all lines; undefined where a line has no point of its own, null where it has a gap. */
export type ChartColumns = [number[], ...(number | null | undefined)[][]];

export function alignLines({ lines, y: { log } }: Pick<ChartPicture, 'lines' | 'y'>): ChartColumns {
  const positive = (value: number | null) => (value !== null && (!log || value > 0) ? value : null);
  const first = lines[0]?.x ?? [];
  if (lines.every(({ x }) => x === first)) return [[...first], ...lines.map(({ y }) => y.map(positive))];
  const all = [...new Set(lines.flatMap(({ x }) => x as number[]))].sort((a, b) => a - b);
  const places = new Map(all.map((x, index) => [x, index]));
  return [
    all,
    ...lines.map(({ x, y }) => {
      const column = new Array<number | null | undefined>(all.length).fill(undefined);
      for (let i = 0; i < x.length; i++) column[places.get(x[i]!)!] = positive(y[i] ?? null);
      return column;
    }),
  ];
}

/** Index of the value nearest to `wanted` in an ascending list; −1 in an empty one. */
export function nearestIndex(values: readonly number[], wanted: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  const before = values[low - 1];
  return before !== undefined && wanted - before <= values[low]! - wanted ? low - 1 : values.length === 0 ? -1 : low;
}

/** What a line says at x: its nearest point, as long as x lies within it. */
export function valueAt({ x, y, values }: ChartLine, wanted: number): number | undefined {
  const index = nearestIndex(x, wanted);
  if (index < 0 || wanted < x[0]! || wanted > x.at(-1)!) return undefined;
  return (values ?? y)[index] ?? undefined;
}

export interface ChartTable {
  head: string[];
  rows: string[][];
  /** Rows at the beginning that were left out. */
  omitted: number;
}

/** The numbers of a picture; of long ones the latest. */
export function tableOf({ x, y, lines }: ChartPicture, maxRows: number): ChartTable {
  const told = lines.filter(({ quiet }) => !quiet);
  const places = [...new Set(told.flatMap((line) => line.x as number[]))].sort((a, b) => a - b);
  const kept = places.slice(-maxRows);
  const columns = told.map((line) => new Map(line.x.map((at, index) => [at, (line.values ?? line.y)[index] ?? null])));
  return {
    head: [x.label, ...told.map(({ label }) => label)],
    rows: kept.map((at) => [
      x.format(at),
      ...columns.map((column) => {
        const value = column.get(at) ?? undefined;
        return value === undefined ? '' : y.format(value);
      }),
    ]),
    omitted: places.length - kept.length,
  };
}

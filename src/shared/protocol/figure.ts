import type { ParameterChecks } from './channel.ts';
import { parameters } from './check.ts';

/** What the figure view may ask of the extension. */
export interface FigureHost {
  /** Undefined while the experiment has errors. */
  open(): Promise<Figure | undefined>;
}

/** What the extension tells the figure view. */
export interface FigureView {
  /** The experiment has changed: open again. */
  changed(): void;
}

/** Drawn from an experiment alone. */
export const drawnKinds = ['schedule', 'melFilters', 'receptiveField', 'frameRates'] as const;
export const figureKinds = [...drawnKinds, 'rangeTest'] as const;

/** A drawing of something an experiment implies, with the table that says the same. */
export interface Figure {
  kind: (typeof figureKinds)[number];
  title: string;
  /** What it shows, in a sentence. */
  summary: string;
  /** Absent where the table is all there is. */
  plot?: Plot;
  table: FigureTable;
}

export interface Plot {
  /** With its unit: `frequency (Hz)`. */
  xLabel: string;
  yLabel: string;
  /** Linear when absent. */
  xScale?: 'log';
  /** Polylines of [x, y]. */
  lines: [number, number][][];
  /** Instead of lines: one row each, from the top. */
  bars?: { label: string; from: number; to: number }[];
}

export interface FigureTable {
  columns: string[];
  rows: FigureCell[][];
}

export interface FigureCell {
  text: string;
  /** As the experiment has it. */
  current?: boolean;
  /** It would not work. */
  bad?: boolean;
}

export const figureViewChecks: ParameterChecks<FigureView> = { changed: parameters() };
export const figureHostChecks: ParameterChecks<FigureHost> = { open: parameters() };

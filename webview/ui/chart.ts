import { listenToChart } from './chartKeys.ts';
import { alignLines, type ChartPicture, type ChartRange, tableOf } from './chartPicture.ts';
import { createPlot, formOf, type Plot, plotOptions } from './chartPlot.ts';
import { createChartReadout } from './chartReadout.ts';
import { createChartTable } from './chartTable.ts';
import { element } from './elements.ts';
import { onThemeChange, readTheme } from './theme.ts';

/** Curves with axes, read by pointer and keys, with their numbers as a table beside them. */
export interface Chart {
  readonly element: HTMLElement;
  show(picture: ChartPicture): void;
  dispose(): void;
}

export interface ChartOptions {
  /** Shown above, and the accessible name. */
  title: string;
  /** A sentence on what the figure is. */
  help?: string;
  text: ChartText;
  /** What the keys do, for those who cannot see it. */
  keys?: string;
  heightPx?: number;
  /** Charts of one key show their cursors at the same x. */
  syncKey?: string;
  /** The user has chosen a stretch of x, or all of it. Without it there is no zoom. */
  onZoom?(range: ChartRange | undefined): void;
  /** The user has chosen a place: by a click, or by Enter at the cursor. */
  onPick?(x: number): void;
}

export interface ChartText {
  noData: string;
  table: string;
  omittedRows: string;
}

export function createChart(options: ChartOptions): Chart {
  const { heightPx = 160, text } = options;
  const readout = createChartReadout(options.title, options.help);
  const empty = element('div', { class: 'chart-empty', text: text.noData });
  const stage = createStage(options, heightPx, empty);
  const table = createChartTable(text, (maxRows) => (picture ? tableOf(picture, maxRows) : undefined));
  const root = element('figure', { class: 'chart' }, readout.element, stage, table.element);
  let picture: ChartPicture | undefined;
  let plot: Plot | undefined;
  let form = '';
  let cursorX: number | undefined;

  const tell = () => {
    if (!picture) return;
    const last = Math.max(...picture.lines.map(({ x }) => x.at(-1) ?? Number.NEGATIVE_INFINITY));
    const at = cursorX ?? (Number.isFinite(last) ? last : undefined);
    stage.setAttribute('aria-valuetext', readout.show(picture, at, cursorX !== undefined, tolerance(plot)));
  };
  const pointed = (x: number | undefined) => {
    if (x === cursorX) return;
    cursorX = x;
    tell();
  };
  const rebuild = () => {
    plot?.destroy();
    plot = undefined;
    const width = Math.floor(stage.clientWidth);
    if (!picture || width < 40) return;
    form = formOf(picture);
    const events = { pointed, zoomed: (range: ChartRange) => options.onZoom?.(range) };
    const size = { width, height: heightPx };
    const made = plotOptions(() => picture!, readTheme(), size, options.syncKey, events);
    plot = createPlot(made, alignLines(picture), stage);
  };
  const paint = () => {
    if (!picture) return;
    empty.hidden = picture.lines.some(({ y }) => y.some((value) => value !== null));
    if (plot && formOf(picture) === form) plot.setData(alignLines(picture) as never);
    else rebuild();
    describe(stage, picture);
    tell();
    table.refresh();
  };
  const resized = new ResizeObserver(() => {
    const width = Math.floor(stage.clientWidth);
    if (plot && width >= 40) plot.setSize({ width, height: heightPx });
    else rebuild();
  });
  resized.observe(stage);
  const stopTheme = onThemeChange(rebuild);
  const inside = { plot: () => plot, cursor: () => cursorX, pick: options.onPick, zoom: options.onZoom };
  listenToChart(stage, inside);
  return {
    element: root,
    show(next) {
      picture = next;
      paint();
    },
    dispose() {
      stopTheme();
      resized.disconnect();
      plot?.destroy();
      root.remove();
    },
  };
}

/** One value of x at a time, moved by the arrow keys: a slider, to those who hear the page. */
function createStage({ title, keys = '' }: ChartOptions, heightPx: number, empty: HTMLElement): HTMLElement {
  const attributes = { tabindex: '0', 'aria-orientation': 'horizontal', 'aria-description': keys };
  const stage = element('div', { class: 'chart-stage', role: 'slider', label: title, attributes }, empty);
  stage.style.height = `${heightPx}px`;
  return stage;
}

/** Half the width of x within which a mark counts as pointed at. */
function tolerance(plot: Plot | undefined): number {
  const { min, max } = plot?.scales.x ?? {};
  const width = plot?.over.clientWidth ?? 0;
  return typeof min === 'number' && typeof max === 'number' && width > 0 ? ((max - min) / width) * 5 : 0;
}

function describe(stage: HTMLElement, { lines }: ChartPicture): void {
  const points = Math.max(0, ...lines.map(({ x }) => x.length));
  stage.setAttribute('aria-valuemin', '0');
  stage.setAttribute('aria-valuemax', String(Math.max(0, points - 1)));
  stage.dataset.points = String(points);
}

import { createWebglPainter } from './paintWebgl.ts';

/** Turns cells into colours. */
export interface SpectrogramPainter {
  readonly kind: 'webgl2' | '2d';
  /** Columns that one picture can have. */
  readonly maxColumns: number;
  /** uint8 [columns, bins]. */
  setCells(data: Uint8Array, columns: number, bins: number): void;
  /** RGBA [256, 4]. */
  setColors(table: Uint8Array): void;
  paint(view: PaintedView): void;
}

export interface PaintedView {
  /** Column of the cells at the canvas's left edge, in parts of a column. */
  firstColumn: number;
  /** Columns per device pixel. */
  columnsPerPixel: number;
  /** Columns of the cells that belong to the clip. */
  validColumns: number;
  /** Band of the cells at the canvas's lower edge, in parts of a band, and bands per device pixel. */
  firstBand: number;
  bandsPerPixel: number;
  /** Cell values of the first and last colour. */
  lowLevel: number;
  highLevel: number;
  /** Blends neighbouring cells where they are larger than a pixel. */
  smooth: boolean;
}

/**
 * The best painter there is. A canvas that has had one kind of context can have no other, so `renew` gives a fresh
 * canvas in its place, also after the graphics process was lost.
 */
export function createPainter(
  canvas: HTMLCanvasElement,
  renew: () => HTMLCanvasElement,
  lost: () => void,
): SpectrogramPainter {
  return createWebglPainter(canvas, lost) ?? create2dPainter(renew());
}

/** The same picture computed pixel by pixel. */
export function create2dPainter(canvas: HTMLCanvasElement): SpectrogramPainter {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D context');
  let cells: { data: Uint8Array; columns: number; bins: number } = { data: new Uint8Array(1), columns: 1, bins: 1 };
  let colors: Uint8Array = new Uint8Array(1024);
  return {
    kind: '2d',
    maxColumns: 8192,
    setCells(data, columns, bins) {
      cells = { data, columns, bins };
    },
    setColors(table) {
      colors = table;
    },
    paint(view) {
      const image = context.createImageData(canvas.width, canvas.height);
      fillPixels(image.data, canvas.width, canvas.height, cells, colors, view);
      context.putImageData(image, 0, 0);
    },
  };
}

/** The cells under one pixel along one axis: those of [first, end), or a blend of `first` and the next by `share`. */
export interface Span {
  first: number;
  end: number;
  share: number;
}

/**
 * Cells of each pixel along an axis. Where cells are smaller than pixels each belongs to the pixel that holds its
 * centre, so that none is skipped and none is counted twice; undefined where a pixel lies outside.
 */
export function spansOf(first: number, perPixel: number, pixels: number, cells: number, smooth: boolean) {
  const last = cells - 1;
  return Array.from({ length: pixels }, (_, pixel): Span | undefined => {
    const [from, to] = [first + pixel * perPixel, first + (pixel + 1) * perPixel];
    const middle = (from + to) / 2;
    if (perPixel >= 1) {
      const span = { first: Math.max(0, Math.ceil(from - 0.5)), end: Math.min(cells, Math.ceil(to - 0.5)), share: 0 };
      return span.end > span.first ? span : undefined;
    }
    if (middle < 0 || middle > cells) return undefined;
    const left = Math.floor(smooth ? middle - 0.5 : middle);
    const share = smooth && left >= 0 && left < last ? middle - 0.5 - left : 0;
    const cell = Math.max(0, Math.min(last, left));
    return { first: cell, end: cell + 1, share };
  });
}

/** RGBA pixels, first row on top: the highest level under each pixel, as the shader has it. */
export function fillPixels(
  target: Uint8ClampedArray,
  width: number,
  height: number,
  cells: { data: Uint8Array; columns: number; bins: number },
  colors: Uint8Array,
  view: PaintedView,
): void {
  const { data, columns, bins } = cells;
  const gain = 255 / Math.max(1, view.highLevel - view.lowLevel);
  const across = spansOf(
    view.firstColumn,
    view.columnsPerPixel,
    width,
    Math.min(columns, view.validColumns),
    view.smooth,
  );
  const up = spansOf(view.firstBand, view.bandsPerPixel, height, bins, view.smooth);
  const pixels = new Uint32Array(target.buffer, target.byteOffset, width * height);
  const table = new Uint32Array(colors.slice().buffer);
  const column = new Float32Array(bins);
  for (let x = 0; x < width; x++) {
    const span = across[x];
    if (!span) continue;
    poolSpan(data, bins, span, column);
    for (let y = 0; y < height; y++) {
      const level = levelOf(column, up[height - 1 - y]);
      pixels[y * width + x] = table[Math.max(0, Math.min(255, Math.round((level - view.lowLevel) * gain)))]!;
    }
  }
}

/** One column from those of a span. */
function poolSpan(data: Uint8Array, bins: number, { first, end, share }: Span, column: Float32Array): void {
  for (let bin = 0; bin < bins; bin++) {
    let value = data[first * bins + bin]!;
    for (let one = first + 1; one < end; one++) value = Math.max(value, data[one * bins + bin]!);
    column[bin] = share === 0 ? value : value * (1 - share) + data[(first + 1) * bins + bin]! * share;
  }
}

function levelOf(column: Float32Array, span: Span | undefined): number {
  if (!span) return 0;
  let value = column[span.first]!;
  for (let bin = span.first + 1; bin < span.end; bin++) value = Math.max(value, column[bin]!);
  return span.share === 0 ? value : value * (1 - span.share) + column[span.first + 1]! * span.share;
}

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
  if (drawsInSoftware()) return create2dPainter(canvas);
  return createWebglPainter(canvas, lost) ?? create2dPainter(renew());
}

let software: boolean | undefined;

/** Without a graphics card WebGL is computed by the processor and copied back: slower than the pixels themselves. */
function drawsInSoftware(): boolean {
  if (software !== undefined) return software;
  const gl = document.createElement('canvas').getContext('webgl2');
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  const name = gl && info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : '';
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  software = /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
  return software;
}

/** The same picture computed pixel by pixel. */
export function create2dPainter(canvas: HTMLCanvasElement): SpectrogramPainter {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D context');
  let cells: { data: Uint8Array; columns: number; bins: number } = { data: new Uint8Array(1), columns: 1, bins: 1 };
  let colors: Uint8Array = new Uint8Array(1024);
  let image: ImageData | undefined;
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
      const { width, height } = canvas;
      image = image?.width === width && image.height === height ? image : context.createImageData(width, height);
      fillPixels(image.data, width, height, cells, colors, view);
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
  const from = across.findIndex((span) => span !== undefined);
  const to = across.findLastIndex((span) => span !== undefined) + 1;
  if (from > 0 || to < width) pixels.fill(0);
  if (to === 0) return;
  const rows = poolColumns(data, bins, across, from, to);
  // Rows are worked through one after the other, as they lie in memory.
  const row = new Float32Array(to - from);
  for (let y = 0; y < height; y++) {
    poolRows(rows, up[height - 1 - y], row);
    const start = y * width + from;
    for (let x = 0; x < row.length; x++) {
      const color = Math.max(0, Math.min(255, (row[x]! - view.lowLevel) * gain));
      pixels[start + x] = table[(color + 0.5) | 0]!;
    }
  }
}

/** float32 [bins, pixels]: the columns under each pixel of a lane. */
function poolColumns(data: Uint8Array, bins: number, across: (Span | undefined)[], from: number, to: number) {
  const width = to - from;
  const rows = Array.from({ length: bins }, () => new Float32Array(width));
  for (let x = 0; x < width; x++) {
    const { first, end, share } = across[from + x]!;
    for (let bin = 0; bin < bins; bin++) {
      let value = data[first * bins + bin]!;
      for (let one = first + 1; one < end; one++) value = Math.max(value, data[one * bins + bin]!);
      rows[bin]![x] = share === 0 ? value : value * (1 - share) + data[(first + 1) * bins + bin]! * share;
    }
  }
  return rows;
}

/** One row of pixels from the bins under it. */
function poolRows(rows: Float32Array[], span: Span | undefined, row: Float32Array): void {
  if (!span) return void row.fill(0);
  const { first, end, share } = span;
  row.set(rows[first]!);
  for (let bin = first + 1; bin < end; bin++) {
    const other = rows[bin]!;
    for (let x = 0; x < row.length; x++) if (other[x]! > row[x]!) row[x] = other[x]!;
  }
  if (share === 0) return;
  const next = rows[first + 1]!;
  for (let x = 0; x < row.length; x++) row[x] = row[x]! * (1 - share) + next[x]! * share;
}

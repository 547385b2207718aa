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
  /** Cell values of the first and last colour. */
  lowLevel: number;
  highLevel: number;
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

/** RGBA pixels, first row on top. */
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
  // The last tile may reach beyond the clip: what lies there must not be blended in.
  const lastColumn = Math.min(columns, view.validColumns) - 1;
  const valueAt = (column: number, band: number) =>
    data[Math.max(0, Math.min(lastColumn, column)) * bins + Math.max(0, Math.min(bins - 1, band))]!;
  for (let x = 0; x < width; x++) {
    const column = view.firstColumn + (x + 0.5) * view.columnsPerPixel;
    if (column < 0 || column > view.validColumns) continue;
    const left = view.smooth ? Math.floor(column - 0.5) : Math.floor(column);
    const across = view.smooth ? column - 0.5 - left : 0;
    for (let y = 0; y < height; y++) {
      const band = ((height - y - 0.5) / height) * bins;
      const below = view.smooth ? Math.floor(band - 0.5) : Math.floor(band);
      const up = view.smooth ? band - 0.5 - below : 0;
      const low = valueAt(left, below) * (1 - up) + valueAt(left, below + 1) * up;
      const value =
        across === 0
          ? low
          : low * (1 - across) + (valueAt(left + 1, below) * (1 - up) + valueAt(left + 1, below + 1) * up) * across;
      const level = Math.max(0, Math.min(255, Math.round((value - view.lowLevel) * gain)));
      target.set(colors.subarray(level * 4, level * 4 + 4), (y * width + x) * 4);
    }
  }
}

/** A canvas whose pixels are the screen's, at any zoom and pixel ratio. */
export interface Surface {
  readonly canvas: HTMLCanvasElement;
  /** Size in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
  /** Paints before the next frame. */
  invalidate(): void;
  dispose(): void;
}

const painted = new WeakMap<HTMLCanvasElement, { surface: Surface; paint(surface: Surface): void }>();

/** Paints at once, so that the pixels can be read in the same task: a WebGL canvas does not keep them. */
export function repaint(canvas: HTMLCanvasElement): void {
  const found = painted.get(canvas);
  if (found && canvas.width > 0 && canvas.height > 0) found.paint(found.surface);
}

/** Paints the same with another context, where painting goes through `beginPaint`; false for a canvas of no surface. */
export function repaintWith(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): boolean {
  const found = painted.get(canvas);
  if (!found || found.surface.width === 0 || found.surface.height === 0) return false;
  const { width, height, ratio } = found.surface;
  const standIn = { width: canvas.width, height: canvas.height, getContext: () => context };
  found.paint({ ...found.surface, width, height, ratio, canvas: standIn as unknown as HTMLCanvasElement });
  return true;
}

/**
 * Keeps the canvas at its element's size in device pixels. Paints in the same frame as a change of size, so that a
 * cleared canvas is never seen.
 */
export function createSurface(canvas: HTMLCanvasElement, paint: (surface: Surface) => void): Surface {
  let [width, height, ratio, scheduled] = [0, 0, 1, 0];
  const paintNow = () => {
    scheduled = 0;
    if (canvas.width > 0 && canvas.height > 0 && width > 0 && height > 0) paint(surface);
  };
  const surface: Surface = {
    canvas,
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    get ratio() {
      return ratio;
    },
    invalidate() {
      scheduled ||= requestAnimationFrame(paintNow);
    },
    dispose() {
      observer.disconnect();
      if (scheduled) cancelAnimationFrame(scheduled);
    },
  };
  const observer = new ResizeObserver(([entry]) => {
    if (!entry) return;
    const device = entry.devicePixelContentBoxSize?.[0];
    const content = entry.contentBoxSize[0]!;
    [width, height] = [content.inlineSize, content.blockSize];
    const deviceWidth = device?.inlineSize ?? Math.round(width * devicePixelRatio);
    const deviceHeight = device?.blockSize ?? Math.round(height * devicePixelRatio);
    ratio = width > 0 ? deviceWidth / width : devicePixelRatio;
    if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
    if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
    paintNow();
  });
  observer.observe(canvas, { box: 'device-pixel-content-box' });
  painted.set(canvas, { surface, paint });
  return surface;
}

/** The 2D context of a surface, cleared, with CSS pixels as its unit. */
export function beginPaint(surface: Surface): CanvasRenderingContext2D {
  const context = surface.canvas.getContext('2d');
  if (!context) throw new Error('no 2D context');
  context.setTransform(surface.ratio, 0, 0, surface.ratio, 0, 0);
  context.clearRect(0, 0, surface.width, surface.height);
  return context;
}

/** The CSS coordinate nearest to `at` where a line of one device pixel is sharp. */
export function sharp(at: number, ratio: number): number {
  return (Math.floor(at * ratio) + 0.5) / ratio;
}

import { type ChartRange, nearestIndex } from './chartPicture.ts';
import type { Plot } from './chartPlot.ts';

/** Pointer and keys; the plot itself only follows the pointer and selects. */
export function listenToChart(stage: HTMLElement, { plot, cursor, pick, zoom }: ChartInside): void {
  let pressedX = 0;
  stage.addEventListener('mousedown', ({ clientX }) => {
    pressedX = clientX;
  });
  stage.addEventListener('click', ({ clientX }) => {
    const x = cursor();
    if (x !== undefined && Math.abs(clientX - pressedX) < 4) pick?.(x);
  });
  stage.addEventListener('dblclick', () => zoom?.(undefined));
  stage.addEventListener('blur', () => plot()?.setCursor({ left: -10, top: -10 }));
  stage.addEventListener('keydown', (event) => {
    const now = plot();
    if (!now || event.ctrlKey || event.metaKey || event.altKey) return;
    const handled = pressKey(event, now, cursor(), pick, zoom);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** What pointer and keys act on. */
export interface ChartInside {
  plot(): Plot | undefined;
  cursor(): number | undefined;
  pick: ((x: number) => void) | undefined;
  zoom: ((range: ChartRange | undefined) => void) | undefined;
}

function pressKey(
  { key, shiftKey }: KeyboardEvent,
  plot: Plot,
  cursorX: number | undefined,
  pick: ChartInside['pick'],
  zoom: ChartInside['zoom'],
): boolean {
  const xs = plot.data[0] as number[];
  const { min, max } = plot.scales.x ?? {};
  if (xs.length === 0 || typeof min !== 'number' || typeof max !== 'number') return false;
  const [first, last] = [nearestIndex(xs, min), nearestIndex(xs, max)];
  const here = cursorX === undefined ? last : nearestIndex(xs, cursorX);
  const step = shiftKey ? Math.max(1, Math.round((last - first) / 20)) : 1;
  const moves: Record<string, number> = {
    ArrowLeft: here - step,
    ArrowRight: cursorX === undefined ? last : here + step,
    PageUp: here - Math.max(1, Math.round((last - first) / 10)),
    PageDown: here + Math.max(1, Math.round((last - first) / 10)),
    Home: first,
    End: last,
  };
  const to = moves[key];
  if (to !== undefined) {
    const x = xs[Math.max(first, Math.min(last, to))]!;
    plot.setCursor({ left: Math.max(0, plot.valToPos(x, 'x')), top: plot.over.clientHeight / 2 });
    return true;
  }
  if (key === 'Enter' && pick && cursorX !== undefined) pick(cursorX);
  else if ((key === '+' || key === '-') && zoom) zoom(zoomAround(xs, { min, max }, cursorX, key === '+' ? 0.5 : 2));
  else if (key === '0' && zoom) zoom(undefined);
  else return false;
  return true;
}

function zoomAround(
  xs: readonly number[],
  { min, max }: ChartRange,
  cursorX: number | undefined,
  factor: number,
): ChartRange | undefined {
  const center = cursorX ?? (min + max) / 2;
  const next = { min: center - (center - min) * factor, max: center + (max - center) * factor };
  return next.min <= xs[0]! && next.max >= xs.at(-1)! ? undefined : next;
}

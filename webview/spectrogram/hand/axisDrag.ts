import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { bandScale } from './bands.ts';
import { panBy, timeScale, type Viewport } from './viewport.ts';
import type { ZoomPan } from './zoomPan.ts';

/** Dragging the time axis scrolls what is under it. */
export function attachTimeDrag(ruler: HTMLElement, model: ViewModel, zoomPan: ZoomPan): void {
  attachDrag(ruler, () => {
    const begun = { viewport: viewportOf(model), bands: bandsOf(model) };
    const { secPerPx } = timeScale(begun.viewport, ruler.clientWidth);
    return (dx) => zoomPan.panFrom(begun, -dx * secPerPx, 0);
  });
}

/** Dragging the frequency axis moves along it; a double click shows all of it. */
export function attachFrequencyDrag(axis: HTMLElement, model: ViewModel, zoomPan: ZoomPan): void {
  attachDrag(axis, () => {
    const begun = { viewport: viewportOf(model), bands: bandsOf(model) };
    const { sharePerPx } = bandScale(begun.bands, axis.clientHeight);
    return (_, dy) => zoomPan.panFrom(begun, 0, dy * sharePerPx);
  });
  axis.addEventListener('dblclick', zoomPan.resetBands);
}

/** Pressing the overview goes there; dragging moves along. */
export function attachOverviewDrag(overview: HTMLElement, model: ViewModel): void {
  const { state, limits } = model;
  attachDrag(overview, (px) => {
    const secPerPx = limits.durationSec / overview.clientWidth;
    let begun: Viewport = viewportOf(model);
    const sec = px * secPerPx;
    if (sec < begun.startSec || sec > begun.endSec) {
      begun = panBy(begun, sec - (begun.startSec + begun.endSec) / 2, limits);
      state.update({ viewport: begun });
    }
    return (dx) => state.update({ viewport: panBy(begun, dx * secPerPx, limits) });
  });
}

/** `begin` takes the place of the press and gives what to do with the distance from it. */
function attachDrag(target: HTMLElement, begin: (px: number) => (dx: number, dy: number) => void): void {
  let held: { drag: (dx: number, dy: number) => void; x: number; y: number } | undefined;
  target.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    target.setPointerCapture(event.pointerId);
    const drag = begin(event.clientX - target.getBoundingClientRect().left);
    held = { drag, x: event.clientX, y: event.clientY };
  });
  target.addEventListener('pointermove', (event) => {
    held?.drag(event.clientX - held.x, event.clientY - held.y);
  });
  const release = () => {
    held = undefined;
  };
  target.addEventListener('pointerup', release);
  target.addEventListener('pointercancel', release);
}

import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { bandScale } from './bands.ts';
import type { Moves } from './moves.ts';
import { stretchOf } from './selection.ts';
import { panBy, timeScale, type Viewport, zoomAt } from './viewport.ts';

/** How near to an edge of the selection the pointer takes hold of it. */
const edgeReachPx = 5;
/** A pointer that moves less than this has clicked. */
const clickPx = 3;

interface Place {
  px: number;
  sec: number;
  /** Share of the whole frequency axis from its bottom; undefined above the spectrogram. */
  share: number | undefined;
}

/** Selecting, moving edges, pointing and zooming on the lanes. `spectrogram` is the lane that has frequencies. */
export function attachStagePointer(stage: HTMLElement, spectrogram: HTMLElement, model: ViewModel, moves: Moves): void {
  const { state, live, limits } = model;
  const placeOf = (event: MouseEvent): Place => {
    const box = stage.getBoundingClientRect();
    const lane = spectrogram.getBoundingClientRect();
    const px = event.clientX - box.left;
    const sec = timeScale(viewportOf(model), box.width).toSec(px);
    const bands = bandsOf(model);
    const share = bandScale(bands, lane.height).toShare(event.clientY - lane.top);
    const clampedSec = Math.max(0, Math.min(limits.durationSec, sec));
    return { px, sec: clampedSec, share: share >= bands.low && share <= bands.high ? share : undefined };
  };
  const edgeAt = ({ px }: Place): 'start' | 'end' | undefined => {
    const stretch = stretchOf(state.state.selection);
    if (!stretch) return undefined;
    const { toPx } = timeScale(viewportOf(model), stage.clientWidth);
    if (Math.abs(toPx(stretch.startSec) - px) <= edgeReachPx) return 'start';
    return Math.abs(toPx(stretch.endSec) - px) <= edgeReachPx ? 'end' : undefined;
  };

  let drag: { anchorSec: number; fromPx: number; moved: boolean } | undefined;
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    live.update({ bandShown: false });
    const place = placeOf(event);
    const edge = edgeAt(place);
    const stretch = stretchOf(state.state.selection);
    const kept = edge === 'start' ? stretch?.endSec : edge === 'end' ? stretch?.startSec : undefined;
    const anchorSec =
      kept ?? (event.shiftKey ? (state.state.selection?.anchorSec ?? state.state.cursorSec) : place.sec);
    drag = { anchorSec, fromPx: place.px, moved: kept !== undefined || event.shiftKey };
    stage.setPointerCapture(event.pointerId);
    if (event.shiftKey) state.update({ selection: { anchorSec, headSec: place.sec } });
  });
  stage.addEventListener('pointermove', (event) => {
    const place = placeOf(event);
    live.update({ hover: { sec: place.sec, share: place.share } });
    stage.style.cursor = drag || edgeAt(place) ? 'ew-resize' : '';
    if (!drag) return;
    if (Math.abs(place.px - drag.fromPx) >= clickPx) drag.moved = true;
    if (drag.moved)
      state.update({ selection: { anchorSec: drag.anchorSec, headSec: place.sec }, cursorSec: place.sec });
  });
  const finish = (event: PointerEvent) => {
    if (!drag) return;
    const place = placeOf(event);
    if (!drag.moved) {
      moves.select(undefined);
      state.update({ cursorSec: place.sec, ...(place.share === undefined ? {} : { cursorShare: place.share }) });
    } else if (!stretchOf(state.state.selection)) moves.select(undefined);
    drag = undefined;
  };
  stage.addEventListener('pointerup', finish);
  stage.addEventListener('pointercancel', finish);
  stage.addEventListener('pointerleave', () => live.update({ hover: undefined }));
  stage.addEventListener('dblclick', moves.zoomToSelection);
  attachWheel(stage, model, moves);
}

/** The wheel zooms where the pointer is; sideways, or with Shift, it scrolls; with Alt it scales the waveform. */
export function attachWheel(stage: HTMLElement, model: ViewModel, moves: Moves): void {
  stage.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const viewport = viewportOf(model);
      const box = stage.getBoundingClientRect();
      const { secPerPx, toSec } = timeScale(viewport, box.width);
      const unitPx = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : event.deltaMode ? box.height : 1;
      const [deltaX, deltaY] = [event.deltaX * unitPx, event.deltaY * unitPx];
      const sideways = event.shiftKey ? deltaX || deltaY : Math.abs(deltaX) > Math.abs(deltaY) ? deltaX : 0;
      if (event.altKey) moves.scaleWaveform(Math.exp(-deltaY * 0.004));
      else if (sideways !== 0) model.state.update({ viewport: panBy(viewport, sideways * secPerPx, model.limits) });
      // A pinch comes as small steps with Ctrl.
      else zoomWheel(model, toSec(event.clientX - box.left), Math.exp(-deltaY * (event.ctrlKey ? 0.01 : 0.0022)));
    },
    { passive: false },
  );
}

function zoomWheel(model: ViewModel, anchorSec: number, factor: number): void {
  model.state.update({ viewport: zoomAt(viewportOf(model), anchorSec, factor, model.limits) });
}

/** Dragging the time axis scrolls what is under it. */
export function attachPanDrag(ruler: HTMLElement, model: ViewModel): void {
  attachDrag(
    ruler,
    (begun: Viewport, deltaPx) => {
      const { secPerPx } = timeScale(begun, ruler.clientWidth);
      model.state.update({ viewport: panBy(begun, -deltaPx * secPerPx, model.limits) });
    },
    () => viewportOf(model),
  );
}

/** Pressing the overview goes there; dragging moves along. */
export function attachOverviewDrag(overview: HTMLElement, model: ViewModel): void {
  attachDrag(
    overview,
    (begun: Viewport, deltaPx) => {
      const secPerPx = model.limits.durationSec / overview.clientWidth;
      model.state.update({ viewport: panBy(begun, deltaPx * secPerPx, model.limits) });
    },
    (px) => {
      const viewport = viewportOf(model);
      const sec = (px / overview.clientWidth) * model.limits.durationSec;
      if (sec >= viewport.startSec && sec <= viewport.endSec) return viewport;
      const centred = panBy(viewport, sec - (viewport.startSec + viewport.endSec) / 2, model.limits);
      model.state.update({ viewport: centred });
      return centred;
    },
  );
}

function attachDrag<T>(target: HTMLElement, drag: (begun: T, deltaPx: number) => void, begin: (px: number) => T): void {
  let held: { begun: T; fromPx: number } | undefined;
  target.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    target.setPointerCapture(event.pointerId);
    const box = target.getBoundingClientRect();
    held = { begun: begin(event.clientX - box.left), fromPx: event.clientX };
  });
  target.addEventListener('pointermove', (event) => {
    if (held) drag(held.begun, event.clientX - held.fromPx);
  });
  const release = () => {
    held = undefined;
  };
  target.addEventListener('pointerup', release);
  target.addEventListener('pointercancel', release);
}

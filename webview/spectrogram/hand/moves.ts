import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { keptBands, minBandSpan, revealBand } from './bands.ts';
import { clampSelection, extendTo, type Stretch, setEdge, stretchOf } from './selection.ts';
import { panBy, reveal, zoomAt, zoomTo } from './viewport.ts';

/** Changes of what is seen, selected and pointed at, in the units of keys and pointers. */
export interface Moves {
  /** Moves the cursor and makes it visible. */
  moveCursor(sec: number): void;
  moveCursorBy(px: number): void;
  moveBand(bands: number): void;
  extendTo(sec: number): void;
  extendBy(px: number): void;
  select(stretch: Stretch | undefined): void;
  /** While it plays, marks are set where one hears. */
  mark(edge: 'start' | 'end'): void;
  zoomBy(factor: number): void;
  zoomToSelection(): void;
  page(direction: number): void;
  /** Makes the waveform taller by a factor, from full scale upwards. */
  scaleWaveform(factor: number): void;
}

export function createMoves(model: ViewModel, widthPx: () => number): Moves {
  const { state, live, limits } = model;
  const secOf = (px: number): number => {
    const { startSec, endSec } = viewportOf(model);
    return ((endSec - startSec) / Math.max(1, widthPx())) * px;
  };
  const clampSec = (sec: number) => Math.max(0, Math.min(limits.durationSec, sec));
  const hereSec = () => live.state.playSec ?? state.state.cursorSec;
  const moveCursor = (sec: number) => {
    const cursorSec = clampSec(sec);
    state.update({ cursorSec, viewport: reveal(viewportOf(model), cursorSec, limits) });
  };
  const extend = (sec: number) => {
    const { selection, cursorSec } = state.state;
    state.update({ selection: extendTo(selection, cursorSec, clampSec(sec)) });
    moveCursor(sec);
  };
  return {
    moveCursor,
    moveCursorBy: (px) => moveCursor(state.state.cursorSec + secOf(px)),
    moveBand(bands) {
      const { bins } = model.clip.features;
      const band = model.axis.bandAt(state.state.cursorShare) + bands;
      live.update({ bandShown: true });
      const cursorShare = (Math.max(0, Math.min(bins - 1, band)) + 0.5) / bins;
      const seen = revealBand(bandsOf(model), cursorShare, 1 / bins, minBandSpan(bins));
      state.update({ cursorShare, bands: keptBands(seen) });
    },
    extendTo: extend,
    extendBy: (px) => extend(state.state.cursorSec + secOf(px)),
    select(stretch) {
      const selection = stretch ? { anchorSec: stretch.startSec, headSec: stretch.endSec } : undefined;
      state.update({ selection: clampSelection(selection, limits.durationSec) });
    },
    mark(edge) {
      state.update({ selection: setEdge(state.state.selection, edge, clampSec(hereSec()), limits.durationSec) });
    },
    zoomBy(factor) {
      const viewport = viewportOf(model);
      const here = hereSec();
      const inside = here >= viewport.startSec && here <= viewport.endSec;
      const anchor = inside ? here : (viewport.startSec + viewport.endSec) / 2;
      state.update({ viewport: zoomAt(viewport, anchor, factor, limits) });
    },
    zoomToSelection() {
      const stretch = stretchOf(state.state.selection);
      if (stretch) state.update({ viewport: zoomTo(stretch.startSec, stretch.endSec, limits) });
    },
    scaleWaveform(factor) {
      state.update({ waveformGain: Math.max(1, Math.min(4096, state.state.waveformGain * factor)) });
    },
    page(direction) {
      const viewport = viewportOf(model);
      const deltaSec = direction * 0.9 * (viewport.endSec - viewport.startSec);
      state.update({ viewport: panBy(viewport, deltaSec, limits) });
    },
  };
}

import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { keptBands, minBandSpan, revealBand } from './bands.ts';
import { snapReachPx } from './gestures.ts';
import { clampSelection, extendTo, type Selection, type Stretch, setEdge, stretchOf } from './selection.ts';
import type { Snapper } from './snapper.ts';
import { panBy, reveal, zoomAt, zoomTo } from './viewport.ts';
import type { ZoomPan } from './zoomPan.ts';

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
  /** Extends the selection by what is seen. */
  extendPage(direction: number): void;
  moveSelection(px: number): void;
  /** The cursor goes to the other end of the selection, which is then the one that keys move. */
  swapEnds(): void;
  selectSeen(): void;
  zoomBandsBy(factor: number): void;
  /** By a share of what is seen. */
  scrollBands(share: number): void;
  /** Makes the waveform taller by a factor, from full scale upwards. */
  scaleWaveform(factor: number): void;
}

export function createMoves(model: ViewModel, widthPx: () => number, snapper: Snapper, zoomPan: ZoomPan): Moves {
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
  // What decides where an edge snaps to may come after the edge was moved again.
  const snapped = (sec: number, put: (sec: number) => void) => {
    let mine: Selection | undefined;
    const place = (at: number) => {
      if (mine && state.state.selection !== mine) return;
      put(clampSec(at));
      mine = state.state.selection;
    };
    place(snapper.snap('head', clampSec(sec), secOf(snapReachPx), place));
  };
  const extend = (sec: number) => {
    const { selection, cursorSec } = state.state;
    state.update({ selection: extendTo(selection, cursorSec, clampSec(sec)) });
    moveCursor(sec);
  };
  const extendBy = (deltaSec: number) => {
    const { selection, cursorSec } = state.state;
    snapped(cursorSec + deltaSec, (sec) => {
      state.update({ selection: extendTo(selection, cursorSec, sec) });
      moveCursor(sec);
    });
  };
  return {
    ...bandMoves(model, zoomPan),
    ...selectionMoves(model, moveCursor, secOf),
    extendPage(direction) {
      const { startSec, endSec } = viewportOf(model);
      extendBy(direction * 0.9 * (endSec - startSec));
    },
    moveCursor,
    moveCursorBy: (px) => moveCursor(state.state.cursorSec + secOf(px)),
    extendTo: extend,
    extendBy: (px) => extendBy(secOf(px)),
    select(stretch) {
      const selection = stretch ? { anchorSec: stretch.startSec, headSec: stretch.endSec } : undefined;
      state.update({ selection: clampSelection(selection, limits.durationSec) });
    },
    mark(edge) {
      const { selection } = state.state;
      snapped(hereSec(), (sec) => state.update({ selection: setEdge(selection, edge, sec, limits.durationSec) }));
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

function bandMoves(model: ViewModel, zoomPan: ZoomPan): Pick<Moves, 'moveBand' | 'zoomBandsBy' | 'scrollBands'> {
  const { state, live, axis } = model;
  return {
    moveBand(bands) {
      const { bins } = axis;
      const band = axis.bandAt(state.state.cursorShare) + bands;
      live.update({ bandShown: true });
      const cursorShare = (Math.max(0, Math.min(bins - 1, band)) + 0.5) / bins;
      const seen = revealBand(bandsOf(model), cursorShare, 1 / bins, minBandSpan(bins));
      state.update({ cursorShare, bands: keptBands(seen) });
    },
    zoomBandsBy(factor) {
      const { low, high } = bandsOf(model);
      const { cursorShare } = state.state;
      const inside = cursorShare >= low && cursorShare <= high;
      live.update({ bandShown: true });
      zoomPan.zoomBands(inside ? cursorShare : (low + high) / 2, factor);
    },
    scrollBands(share) {
      const { low, high } = bandsOf(model);
      zoomPan.panBands(share * (high - low));
    },
  };
}

function selectionMoves(
  model: ViewModel,
  moveCursor: (sec: number) => void,
  secOf: (px: number) => number,
): Pick<Moves, 'moveSelection' | 'swapEnds' | 'selectSeen'> {
  const { state, limits } = model;
  return {
    moveSelection(px) {
      const { selection } = state.state;
      const stretch = stretchOf(selection);
      if (!selection || !stretch) return;
      const deltaSec = Math.max(-stretch.startSec, Math.min(limits.durationSec - stretch.endSec, secOf(px)));
      const moved = { anchorSec: selection.anchorSec + deltaSec, headSec: selection.headSec + deltaSec };
      state.update({ selection: moved });
      moveCursor(moved.headSec);
    },
    swapEnds() {
      const { selection } = state.state;
      if (!selection || !stretchOf(selection)) return;
      state.update({ selection: { anchorSec: selection.headSec, headSec: selection.anchorSec } });
      moveCursor(selection.anchorSec);
    },
    selectSeen() {
      const { startSec, endSec } = viewportOf(model);
      const selection = { anchorSec: startSec, headSec: Math.min(endSec, limits.durationSec) };
      state.update({ selection: clampSelection(selection, limits.durationSec) });
    },
  };
}

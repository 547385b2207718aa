import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { type Bands, bandScale } from './bands.ts';
import type { Moves } from './moves.ts';
import { type Stretch, stretchOf } from './selection.ts';
import type { Snapper } from './snapper.ts';
import { timeScale } from './viewport.ts';
import type { ZoomPan } from './zoomPan.ts';

/** Where the pointer is on the stage. */
export interface Place {
  px: number;
  /** From the top of the spectrogram's lane; negative above it. */
  lanePx: number;
  sec: number;
  /** Share of the whole frequency axis from its bottom; undefined above the spectrogram. */
  share: number | undefined;
}

export type Keys = Pick<MouseEvent, 'shiftKey' | 'ctrlKey' | 'metaKey'>;

/** What goes on between a press and its release. */
export interface Gesture {
  /** Going on beyond the edges of the lanes scrolls them. */
  scrolls?: boolean;
  move(place: Place, keys: Keys): void;
  finish(place: Place): void;
  /** Esc: as if nothing had been begun. */
  cancel(): void;
}

export interface Stage {
  model: ViewModel;
  moves: Moves;
  zoomPan: ZoomPan;
  snapper: Snapper;
  widthPx(): number;
  laneHeightPx(): number;
}

/** A pointer that moves less than this has clicked. */
const clickPx = 3;
/** A rectangle smaller than this along an axis was not meant to have one there. */
const boxPx = { wide: 6, high: 12 };
/** How far an edge is drawn to a place that matters. */
export const snapReachPx = 6;

/** Dragging selects: from where it begins, from a kept edge, or with Shift from where the selection was begun. */
export function selectGesture({ model, moves, snapper, widthPx }: Stage, from: Place, kept?: number, extends_ = false) {
  const { state } = model;
  const before = state.state;
  let anchorSec = kept ?? from.sec;
  let headSec = from.sec;
  let moved = kept !== undefined;
  let mine = state.state.selection;
  const put = () => {
    mine = { anchorSec, headSec };
    state.update({ selection: mine, cursorSec: headSec });
  };
  const reachSec = () => timeScale(viewportOf(model), widthPx()).secPerPx * snapReachPx;
  // Samples come when they come: by then another selection may have been made.
  const ifMine = (change: (sec: number) => void) => (sec: number) => {
    if (state.state.selection !== mine) return;
    change(sec);
    put();
  };
  const begin = () => {
    moved = true;
    anchorSec = snapper.snap(
      'anchor',
      anchorSec,
      reachSec(),
      ifMine((sec) => (anchorSec = sec)),
    );
  };
  if (extends_) put();
  const gesture: Gesture = {
    scrolls: true,
    move(place, { ctrlKey, metaKey }) {
      const free = ctrlKey || metaKey;
      if (!moved && Math.abs(place.px - from.px) < clickPx) return;
      if (!moved && !free) begin();
      moved = true;
      if (free) snapper.forget('head');
      headSec = free
        ? place.sec
        : snapper.snap(
            'head',
            place.sec,
            reachSec(),
            ifMine((sec) => (headSec = sec)),
          );
      put();
    },
    finish(place) {
      if (moved) {
        if (!stretchOf(state.state.selection)) moves.select(undefined);
        return;
      }
      moves.select(undefined);
      state.update({ cursorSec: place.sec, ...(place.share === undefined ? {} : { cursorShare: place.share }) });
    },
    cancel() {
      mine = undefined;
      state.update({ selection: before.selection, cursorSec: before.cursorSec });
    },
  };
  return gesture;
}

/** A rectangle to zoom to; a flat one takes all frequencies, a narrow one all times. */
export function boxGesture({ model, zoomPan, laneHeightPx }: Stage, from: Place): Gesture {
  const { live } = model;
  const boxTo = (place: Place): { stretch?: Stretch; bands?: Bands } => {
    const wide = Math.abs(place.px - from.px) >= boxPx.wide && zoomPan.isFree('time');
    const high = Math.abs(place.lanePx - from.lanePx) >= boxPx.high && from.share !== undefined;
    const heightPx = laneHeightPx();
    const { toShare } = bandScale(bandsOf(model), heightPx);
    const shares = [from, place].map(({ lanePx }) => toShare(Math.max(0, Math.min(heightPx, lanePx))));
    return {
      ...(wide ? { stretch: { startSec: Math.min(from.sec, place.sec), endSec: Math.max(from.sec, place.sec) } } : {}),
      ...(high && zoomPan.isFree('frequency')
        ? { bands: { low: Math.min(...shares), high: Math.max(...shares) } }
        : {}),
    };
  };
  return {
    move: (place) => live.update({ box: boxTo(place) }),
    finish(place) {
      const { stretch, bands } = boxTo(place);
      live.update({ box: undefined });
      zoomPan.zoomToBox(stretch, bands);
    },
    cancel: () => live.update({ box: undefined }),
  };
}

/** Moves what is seen with the pointer; Shift keeps to the axis it has moved along most. */
export function panGesture({ model, zoomPan, widthPx, laneHeightPx }: Stage, from: Place): Gesture {
  const begun = { viewport: viewportOf(model), bands: bandsOf(model) };
  const { secPerPx } = timeScale(begun.viewport, widthPx());
  const { sharePerPx } = bandScale(begun.bands, laneHeightPx());
  return {
    move(place, { shiftKey }) {
      const [dx, dy] = [place.px - from.px, place.lanePx - from.lanePx];
      const across = shiftKey && Math.abs(dx) < Math.abs(dy) ? 0 : dx;
      const along = shiftKey && Math.abs(dx) >= Math.abs(dy) ? 0 : dy;
      zoomPan.panFrom(begun, -across * secPerPx, along * sharePerPx);
    },
    finish() {},
    cancel: () => zoomPan.panFrom(begun, 0, 0),
  };
}

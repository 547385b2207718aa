import { type LaneLayout, laneAt } from '../picture/laneLayout.ts';
import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { bandScale } from './bands.ts';
import type { Moves } from './moves.ts';
import { timeScale } from './viewport.ts';
import type { Axis, AxisLock, ZoomPan } from './zoomPan.ts';

export interface WheelTurn {
  deltaX: number;
  deltaY: number;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

export type WheelDeed =
  | { deed: 'zoom'; axis: Axis; factor: number }
  | { deed: 'pan'; axis: Axis; px: number }
  | { deed: 'scaleWaveform'; factor: number };

const zoomRate = 0.0022;
const pinchRate = 0.01;
/** The steps of a pinch are smaller than a notch of a wheel. */
const largestPinchPx = 40;

/**
 * What a turn of the wheel means, in CSS pixels; undefined where the lock forbids it. `over` is the axis under the
 * pointer, undefined over the lanes. A pinch comes as small steps with Ctrl though nobody holds it (`ctrlHeld`).
 */
export function wheelDeed(
  turn: WheelTurn,
  over: Axis | undefined,
  lock: AxisLock,
  ctrlHeld: boolean,
): WheelDeed | undefined {
  const { deltaX, deltaY, shiftKey } = turn;
  if (turn.altKey && !over) return { deed: 'scaleWaveform', factor: Math.exp(-deltaY * 0.004) };
  const pinch = turn.ctrlKey && !ctrlHeld && Math.abs(deltaY) < largestPinchPx;
  const forFrequency = turn.metaKey || (turn.ctrlKey && !pinch);
  const axis = over ?? (lock === 'both' ? (forFrequency ? 'frequency' : 'time') : lock);
  const free = lock === 'both' || lock === axis;
  // Two fingers sideways scroll through time wherever they are.
  if (!shiftKey && Math.abs(deltaX) > Math.abs(deltaY))
    return lock === 'frequency' ? undefined : { deed: 'pan', axis: 'time', px: deltaX };
  if (!free) return undefined;
  if (shiftKey) return { deed: 'pan', axis, px: deltaX || deltaY };
  return { deed: 'zoom', axis, factor: Math.exp(-deltaY * (pinch ? pinchRate : zoomRate)) };
}

/** The wheel zooms where the pointer is; with Ctrl or over the frequency axis it zooms frequencies; Shift scrolls. */
export function attachWheel(
  target: HTMLElement,
  lanes: readonly LaneLayout[],
  over: Axis | undefined,
  model: ViewModel,
  moves: Moves,
  zoomPan: ZoomPan,
  ctrlHeld: () => boolean,
): void {
  target.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const box = lanes[laneAt(lanes, event.clientY)]!.spectrogram.getBoundingClientRect();
      const unitPx = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : event.deltaMode ? box.height : 1;
      const { ctrlKey, metaKey, shiftKey, altKey } = event;
      const turn = { deltaX: event.deltaX * unitPx, deltaY: event.deltaY * unitPx };
      const keys = { ctrlKey, metaKey, shiftKey, altKey };
      const wanted = wheelDeed({ ...turn, ...keys }, over, model.state.state.axisLock, ctrlHeld());
      if (!wanted) return;
      if (wanted.deed === 'scaleWaveform') return moves.scaleWaveform(wanted.factor);
      if (wanted.axis === 'time') {
        const { secPerPx, toSec } = timeScale(viewportOf(model), box.width);
        if (wanted.deed === 'pan') zoomPan.panTime(wanted.px * secPerPx);
        else zoomPan.zoomTime(toSec(event.clientX - box.left), wanted.factor);
        return;
      }
      const { sharePerPx, toShare } = bandScale(bandsOf(model), box.height);
      if (wanted.deed === 'pan') zoomPan.panBands(-wanted.px * sharePerPx);
      else zoomPan.zoomBands(toShare(Math.max(0, Math.min(box.height, event.clientY - box.top))), wanted.factor);
    },
    { passive: false },
  );
}

/** Whether Ctrl is really held, which a pinch only pretends. */
export function watchCtrl(): { held(): boolean; dispose(): void } {
  let held = false;
  const look = (event: KeyboardEvent) => {
    held = event.ctrlKey;
  };
  const forget = () => {
    held = false;
  };
  document.addEventListener('keydown', look, true);
  document.addEventListener('keyup', look, true);
  window.addEventListener('blur', forget);
  return {
    held: () => held,
    dispose() {
      document.removeEventListener('keydown', look, true);
      document.removeEventListener('keyup', look, true);
      window.removeEventListener('blur', forget);
    },
  };
}

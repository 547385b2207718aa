import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { allBands, type Bands, keptBands, minBandSpan, panBands, zoomBandsAt } from './bands.ts';
import type { Stretch } from './selection.ts';
import { clampViewport, fitAll, panBy, type Viewport, zoomAt } from './viewport.ts';

/** The axes that wheel and pointer may move. */
export const axisLocks = ['both', 'time', 'frequency'] as const;
export type AxisLock = (typeof axisLocks)[number];
export type Axis = Exclude<AxisLock, 'both'>;

/** Changes of what is seen along both axes. */
export interface ZoomPan {
  zoomTime(anchorSec: number, factor: number): void;
  /** `anchorShare` is a share of the whole frequency axis. */
  zoomBands(anchorShare: number, factor: number): void;
  panTime(deltaSec: number): void;
  panBands(deltaShare: number): void;
  /** From where a drag began. */
  panFrom(begun: { viewport: Viewport; bands: Bands }, deltaSec: number, deltaShare: number): void;
  /** To a rectangle; what is missing, or locked, stays. */
  zoomToBox(stretch: Stretch | undefined, bands: Bands | undefined): void;
  /** Everything along the axes that are not locked. */
  reset(): void;
  resetBands(): void;
  /** Whether the lock leaves an axis free. */
  isFree(axis: Axis): boolean;
}

export function createZoomPan(model: ViewModel): ZoomPan {
  const { state, limits } = model;
  const minSpan = () => minBandSpan(model.axis.bins);
  const showBands = (bands: Bands) => state.update({ bands: keptBands(bands) });
  const isFree = (axis: Axis) => state.state.axisLock === 'both' || state.state.axisLock === axis;
  return {
    isFree,
    zoomTime: (anchorSec, factor) => state.update({ viewport: zoomAt(viewportOf(model), anchorSec, factor, limits) }),
    zoomBands: (anchorShare, factor) => showBands(zoomBandsAt(bandsOf(model), anchorShare, factor, minSpan())),
    panTime: (deltaSec) => state.update({ viewport: panBy(viewportOf(model), deltaSec, limits) }),
    panBands: (deltaShare) => showBands(panBands(bandsOf(model), deltaShare, minSpan())),
    panFrom({ viewport, bands }, deltaSec, deltaShare) {
      state.update({
        ...(isFree('time') ? { viewport: panBy(viewport, deltaSec, limits) } : {}),
        ...(isFree('frequency') ? { bands: keptBands(panBands(bands, deltaShare, minSpan())) } : {}),
      });
    },
    zoomToBox(stretch, bands) {
      state.update({
        ...(stretch && isFree('time') ? { viewport: clampViewport(stretch, limits) } : {}),
        ...(bands && isFree('frequency') ? { bands: keptBands(clampBox(bands, minSpan())) } : {}),
      });
    },
    reset() {
      state.update({
        ...(isFree('time') ? { viewport: fitAll(limits) } : {}),
        ...(isFree('frequency') ? { bands: undefined } : {}),
      });
    },
    resetBands: () => showBands(allBands),
  };
}

/** A rectangle lower than the closest zoom is widened around its middle. */
function clampBox({ low, high }: Bands, minSpan: number): Bands {
  const missing = Math.max(0, minSpan - (high - low)) / 2;
  return panBands({ low: low - missing, high: high + missing }, 0, minSpan);
}

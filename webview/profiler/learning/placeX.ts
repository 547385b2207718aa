import type { RunModel } from '../../../src/shared/run/runModel.ts';
import { formatDuration } from '../../../src/shared/run/runStatus.ts';
import { formatNumber } from '../../ui/formatNumber.ts';
import type { Strings } from '../strings.ts';
import type { XAxis } from '../viewState.ts';

/** Where a moment of a run lies on the chosen axis. */
export type PlaceX = (moment: { step: number; timeMs: number }) => number;

/** Steps, epochs (1 at the end of the first), or seconds since the run began. */
export function placeXOf({ started, startedMs = 0 }: RunModel, axis: XAxis): PlaceX {
  if (axis === 'step') return ({ step }) => step;
  if (axis === 'time') return ({ timeMs }) => (timeMs - startedMs) / 1000;
  const stepsPerEpoch = started ? Math.max(1, started.totalSteps / started.epochs) : 1;
  return ({ step }) => step / stepsPerEpoch;
}

/** The same for many, never going back: a wall clock may jump, an axis may not. */
export function ascending(values: readonly number[]): number[] {
  let highest = Number.NEGATIVE_INFINITY;
  return values.map((value) => {
    highest = Math.max(highest, value);
    return highest;
  });
}

export function axisOf(axis: XAxis, text: Strings): { label: string; format(value: number): string } {
  if (axis === 'time') return { label: text.elapsed, format: (sec) => (sec < 1 ? '0 s' : formatDuration(sec)) };
  if (axis === 'epoch') return { label: text.epoch, format: (epoch) => String(Number(epoch.toFixed(2))) };
  return { label: text.step, format: (step) => (step >= 1e5 ? formatNumber(step) : String(Math.round(step))) };
}

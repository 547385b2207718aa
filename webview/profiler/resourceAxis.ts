import type { ResourcePoint } from '../../src/shared/run/resourceSeries.ts';
import type { RunModel } from '../../src/shared/run/runModel.ts';
import { formatTime, timeTicks } from '../ui/axisText.ts';
import type { ChartPicture } from '../ui/chartPicture.ts';
import type { ShownRun } from './section.ts';

/** Seconds since the run began, ascending also where the machine's clock was set back. */
export function elapsedSec({ resources, startedMs }: Pick<RunModel, 'resources' | 'startedMs'>): number[] {
  const beganMs = startedMs ?? resources[0]?.timeMs ?? 0;
  let last = -1e-3;
  return resources.map(({ timeMs }) => {
    last = Math.max((timeMs - beganMs) / 1000, last + 1e-3);
    return last;
  });
}

/** Room for the half of a label that reaches beyond its tick. */
const labelPx = 24;

/** An axis of the time since the run began, its ticks at whole minutes and hours. */
export const timeAxis = (label: string): ChartPicture['x'] => ({
  label,
  format: (sec) => formatTime(sec, 0),
  ticks(min, max, widthPx) {
    const last = max - (labelPx * (max - min)) / Math.max(1, widthPx);
    return timeTicks(min, max, widthPx).major.filter((sec) => Number.isInteger(sec) && sec <= last);
  },
});

/** The samples that a stretch of steps touches, as indexes; undefined where there is none. */
export function samplesOfSteps(
  resources: readonly ResourcePoint[],
  firstStep: number,
  lastStep: number,
): { first: number; last: number } | undefined {
  const first = resources.findIndex(({ step }) => step >= firstStep);
  const last = resources.findLastIndex(({ step }) => step <= lastStep);
  return first < 0 || last < first ? undefined : { first, last };
}

/** Differs when there is more to see: the series itself is copied with every event. */
export function resourcesVersion({ directory, active, model }: ShownRun): string {
  const { resources, guards, started } = model;
  return [directory, active, resources.length, resources.at(-1)?.timeMs, guards.length, started?.timeMs].join(' ');
}

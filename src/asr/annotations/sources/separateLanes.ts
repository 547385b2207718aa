/** Rounded times overlap by as much. */
const roundingSec = 0.002;

/**
 * Spans in as few rows as hold them without overlap, each by start; the first row has what comes first. Overlaps of
 * rounded times are cut off instead.
 */
export function separateLanes<T extends { startSec: number; endSec: number }>(spans: readonly T[]): T[][] {
  const lanes: T[][] = [];
  for (const span of spans.toSorted((a, b) => a.startSec - b.startSec || a.endSec - b.endSec)) {
    const lane = lanes.find((one) => follows(one.at(-1)!, span));
    if (!lane) {
      lanes.push([span]);
      continue;
    }
    const last = lane.at(-1)!;
    if (last.endSec > span.startSec) lane[lane.length - 1] = { ...last, endSec: span.startSec };
    lane.push(span);
  }
  return lanes;
}

function follows(last: { startSec: number; endSec: number }, next: { startSec: number }): boolean {
  if (last.startSec === last.endSec) return next.startSec > last.startSec;
  return last.endSec <= next.startSec + Math.min(roundingSec, (last.endSec - last.startSec) / 2);
}

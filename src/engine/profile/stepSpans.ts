import type { StepPart } from '../../shared/run/profileSummary.ts';
import type { GraphProfile } from '../ort/graphProfile.ts';
import type { TimeSpan } from '../ort/profiledSessions.ts';

/** One or more steps that ran together, as the engine saw them; times by the machine's monotonic clock. */
export interface StepWindow extends TimeSpan {
  /** As events number it; the first of several. */
  step: number;
  steps: number;
  /** The request to the process that runs the graph; none where no recording could be read. */
  call?: TimeSpan;
}

/** `profiling` is what would not be without a profile. */
export interface PartSpan extends TimeSpan {
  part: StepPart | 'profiling';
}

export interface GraphTimes extends Pick<GraphProfile, 'requests' | 'extra' | 'traces'> {
  /** Whether the optimizer's update follows the graph's run rather than being a part of it. */
  updatesOutside: boolean;
}

/** The parts of a window, one after another; together they are all of it. */
export function stepSpans(window: StepWindow, graph: GraphTimes): PartSpan[] {
  const { call } = window;
  if (!call) return [{ part: 'wait', startMs: window.startMs, endMs: window.endMs }];
  const isInside = (outer: TimeSpan) => (span: TimeSpan) => span.startMs >= outer.startMs && span.endMs <= outer.endMs;
  const request = graph.requests.find(isInside(call)) ?? call;
  const extra = graph.extra.filter(isInside(request));
  const runs = graph.traces.flatMap(({ runs }) => runs.slice(1)).filter(isInside(request));
  const marks: PartSpan[] = [
    ...extra.map((span) => ({ part: 'profiling' as const, ...span })),
    ...runs.map((span) => ({ part: 'graph' as const, ...span })),
  ].sort((a, b) => a.startMs - b.startMs);
  const spans: PartSpan[] = [];
  let atMs = window.startMs;
  const until = (endMs: number, part: PartSpan['part']) => {
    if (endMs > atMs) spans.push({ part, startMs: atMs, endMs });
    atMs = Math.max(atMs, endMs);
  };
  until(call.startMs, 'wait');
  until(request.startMs, 'transfer');
  for (const mark of marks) {
    until(mark.startMs, 'feed');
    until(mark.endMs, mark.part);
  }
  until(request.endMs, graph.updatesOutside ? 'update' : 'feed');
  until(call.endMs, 'transfer');
  until(window.endMs, 'report');
  return spans;
}

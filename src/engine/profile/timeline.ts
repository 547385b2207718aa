import type { GraphPhase, TimelineSpan } from '../../shared/run/profileSummary.ts';
import type { TimeSpan } from '../ort/profiledSessions.ts';
import type { NodeCall } from './placeCalls.ts';
import type { PartSpan } from './stepSpans.ts';

/** Of the step's time; shorter stretches are not shown. */
const shortestShare = 1e-4;

/** The lines of one step: its parts, the layers and nodes in it, what the GPU and the feature workers did meanwhile. */
export function timelineOf(
  step: TimeSpan,
  parts: readonly PartSpan[],
  calls: readonly NodeCall[],
  features: readonly (TimeSpan & { worker: number })[],
): TimelineSpan[] {
  const inStep = calls.filter(({ startMs }) => startMs >= step.startMs && startMs < step.endMs);
  const ofNodes = inStep.map(({ node, startMs, durationMs, depth, onGpu }) => {
    const line = onGpu ? 'gpu' : depth === 0 ? 'node' : depth === 1 ? 'body' : `body ${depth}`;
    return { line, name: node.name, startMs, endMs: startMs + durationMs, phase: node.phase };
  });
  const ofWorkers = features.flatMap(({ worker, startMs, endMs }) => {
    const inside = { startMs: Math.max(startMs, step.startMs), endMs: Math.min(endMs, step.endMs) };
    return inside.endMs > inside.startMs ? [{ line: `features ${worker + 1}`, name: 'features', ...inside }] : [];
  });
  const shortestMs = (step.endMs - step.startMs) * shortestShare;
  return [
    ...parts.map(({ part, startMs, endMs }) => ({ line: 'step', name: part, startMs, endMs })),
    ...layerSpans(inStep),
    ...ofNodes,
    ...ofWorkers,
  ]
    .filter(({ startMs, endMs }) => endMs - startMs > shortestMs)
    .map(({ startMs, endMs, ...span }) => ({
      ...span,
      startMs: rounded(startMs - step.startMs),
      durationMs: rounded(endMs - startMs),
    }));
}

/** Neighbouring nodes of one layer and phase as one stretch; those of no layer interrupt none. */
export function layerSpans(
  calls: readonly NodeCall[],
): (TimeSpan & { line: string; name: string; phase: GraphPhase })[] {
  const spans: ReturnType<typeof layerSpans> = [];
  for (const { node, startMs, durationMs } of calls.filter((call) => call.isLeaf && !call.onGpu && call.node.layer)) {
    const last = spans.at(-1);
    const { layer, phase } = node;
    const endMs = startMs + durationMs;
    if (last?.name === layer && last.phase === phase) last.endMs = endMs;
    else spans.push({ line: 'layer', name: layer, phase, startMs, endMs });
  }
  return spans;
}

/** To a tenth of a microsecond. */
const rounded = (ms: number) => Math.round(ms * 1e4) / 1e4;

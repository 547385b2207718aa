import type { SessionTrace } from '../ort/profiledSessions.ts';
import { type NodePlace, nodePlace } from './nodePlace.ts';
import type { OrtTrace, TraceCall, TraceNode } from './ortTrace.ts';

/** A node's run on the machine's monotonic clock. */
export interface NodeCall {
  node: TraceNode & NodePlace;
  startMs: number;
  durationMs: number;
  /** Without what ran inside it. */
  ownMs: number;
  /** Bodies of loops it ran in. */
  depth: number;
  isLeaf: boolean;
  /** A program that the GPU ran. */
  onGpu: boolean;
}

/** The calls of a session's runs but the first, in the order of their start, outer before inner. */
export function placeCalls(trace: OrtTrace, runs: SessionTrace['runs']): NodeCall[] {
  // What the host takes to hand a node to the GPU, or waits for it to copy, is no time of the node's.
  const measuredOnGpu = new Set(trace.kernels.map(({ node }) => trace.nodes[node]!.provider));
  const nodes = trace.nodes.map((node) => ({ ...node, ...nodePlace(node.name) }));
  const shifts = trace.runs.map(({ startUs, durationUs }, i) => {
    const run = runs[i];
    // What the binding does before and after is taken to be alike.
    return run ? ((run.startMs + run.endMs) / 2) * 1000 - (startUs + durationUs / 2) : undefined;
  });
  /** The last run that began before; programs of the GPU may be told with times a little outside of it. */
  const runOf = (startUs: number) => trace.runs.findLastIndex((run) => run.startUs <= startUs);
  const place = (calls: readonly TraceCall[], onGpu: boolean): NodeCall[] =>
    nested(calls, trace.nodes).flatMap(({ call: { node, startUs, durationUs }, ownUs, depth, isLeaf }) => {
      const index = runOf(startUs);
      const shift = shifts[index];
      if (index === 0 || shift === undefined) return [];
      const startMs = (startUs + shift) / 1000;
      const ownMs = !onGpu && measuredOnGpu.has(nodes[node]!.provider) ? 0 : ownUs / 1000;
      const times = { startMs, durationMs: durationUs / 1000, ownMs };
      return [{ node: nodes[node]!, ...times, depth, isLeaf, onGpu }];
    });
  return [...place(trace.calls, false), ...place(trace.kernels, true)];
}

interface NestedCall {
  call: TraceCall;
  ownUs: number;
  depth: number;
  isLeaf: boolean;
}

/** Nodes run one after another, so a call that begins before one with a body ended runs in that body. */
function nested(calls: readonly TraceCall[], nodes: readonly TraceNode[]): NestedCall[] {
  const sorted = [...calls].sort((a, b) => a.startUs - b.startUs || b.durationUs - a.durationUs);
  const open: NestedCall[] = [];
  return sorted.map((call) => {
    while (open.length > 0 && call.startUs >= endOf(open.at(-1)!.call)) open.pop();
    const outer = open.at(-1);
    if (outer) {
      outer.ownUs = Math.max(0, outer.ownUs - call.durationUs);
      outer.isLeaf = false;
    }
    const placed = { call, ownUs: call.durationUs, depth: open.length, isLeaf: true };
    if (withBody.has(nodes[call.node]!.operator)) open.push(placed);
    return placed;
  });
}

const withBody: ReadonlySet<string> = new Set(['Scan', 'Loop', 'If']);
const endOf = ({ startUs, durationUs }: TraceCall) => startUs + durationUs;

import type { ProfileNode, ProfileRow, ProfileSummary, StepPart } from '../../shared/run/profileSummary.ts';
import type { TimeSpan } from '../ort/profiledSessions.ts';
import type { NodeCall } from './placeCalls.ts';
import { type GraphTimes, type StepWindow, stepSpans } from './stepSpans.ts';
import { timelineOf } from './timeline.ts';

/** All that was measured of a few steps; times by the machine's monotonic clock. */
export interface MeasuredSteps {
  device: string;
  /** Unix time. */
  startedMs: number;
  /** At least one, in order. */
  windows: readonly StepWindow[];
  graph: GraphTimes;
  /** Outer before inner. */
  calls: readonly NodeCall[];
  /** Work of the feature workers. */
  features: readonly (TimeSpan & { worker: number })[];
}

const mostNodes = 500;
const partOrder: readonly StepPart[] = ['wait', 'transfer', 'feed', 'graph', 'update', 'report'];

export function summarizeProfile({
  device,
  startedMs,
  windows,
  graph,
  calls,
  features,
}: MeasuredSteps): ProfileSummary {
  const spans = windows.map((window) => stepSpans(window, graph));
  const timeOf = (part: StepPart | 'profiling') =>
    sum(spans.flat().map((span) => (span.part === part ? span.endMs - span.startMs : 0)));
  const parts = partOrder.map((name) => ({ name, totalMs: timeOf(name) }));
  const nodes = summarizeNodes(calls);
  const provider = providers[device];
  const clean = spans.findLastIndex((of) => of.every(({ part }) => part !== 'profiling'));
  const shown = clean < 0 ? windows.length - 1 : clean;
  return {
    version: 1,
    device,
    firstStep: windows[0]!.step,
    steps: sum(windows.map(({ steps }) => steps)),
    startedMs,
    shapes: graph.traces.map(({ key }) => key),
    wallMs: sum(parts.map(({ totalMs }) => totalMs)),
    nodesMs: sum(nodes.map(({ totalMs }) => totalMs)),
    offDeviceMs: sum(nodes.map((node) => (provider && node.provider !== provider ? node.totalMs : 0))),
    profilingMs: timeOf('profiling'),
    parts,
    byOperator: rowsBy(nodes, ({ operator }) => operator),
    byLayer: rowsBy(nodes, ({ layer }) => layer || '(none)'),
    byPhase: rowsBy(nodes, ({ phase }) => phase),
    byProvider: rowsBy(nodes, (node) => node.provider),
    nodes: nodes.slice(0, mostNodes),
    timeline: timelineOf(windows[shown]!, spans[shown]!, calls, features),
  };
}

/** What ONNX Runtime calls the devices. */
const providers: Readonly<Record<string, string>> = {
  cpu: 'CPUExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  cuda: 'CUDAExecutionProvider',
};

/** Nodes by name, operator and provider, the most expensive first. */
function summarizeNodes(calls: readonly NodeCall[]): ProfileNode[] {
  const nodes = new Map<string, ProfileNode & { largest: number }>();
  for (const { node, ownMs, onGpu } of calls) {
    const { name, operator, layer, phase, provider } = node;
    const key = `${name}\n${operator}\n${provider}`;
    const fresh = {
      name,
      operator,
      layer,
      phase,
      provider,
      totalMs: 0,
      calls: 0,
      output: '',
      outputBytes: 0,
      largest: -1,
    };
    const row = nodes.get(key) ?? fresh;
    nodes.set(key, row);
    row.totalMs += ownMs;
    if (onGpu) continue;
    row.calls++;
    row.outputBytes += node.outputBytes;
    if (node.outputBytes <= row.largest) continue;
    row.largest = node.outputBytes;
    row.output = node.output;
  }
  return [...nodes.values()].map(({ largest: _, ...node }) => node).sort((a, b) => b.totalMs - a.totalMs);
}

function rowsBy(nodes: readonly ProfileNode[], nameOf: (node: ProfileNode) => string): ProfileRow[] {
  const rows = new Map<string, ProfileRow>();
  for (const node of nodes) {
    const name = nameOf(node);
    const row = rows.get(name) ?? { name, totalMs: 0, calls: 0, outputBytes: 0 };
    rows.set(name, row);
    row.totalMs += node.totalMs;
    row.calls += node.calls;
    row.outputBytes += node.outputBytes;
  }
  return [...rows.values()].sort((a, b) => b.totalMs - a.totalMs);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** Part of a training step that a node of its graph belongs to. */
export type GraphPhase = 'forward' | 'loss' | 'backward' | 'update' | 'other';

/**
 * Time of nodes that have something in common; sums over the profiled steps. A node's time is its own: what ran in the
 * body of a loop counts for the body's nodes, so that rows add up to `nodesMs`.
 */
export interface ProfileRow {
  /** Operator type, layer, phase or execution provider. */
  name: string;
  totalMs: number;
  calls: number;
  /** Bytes that the nodes wrote. */
  outputBytes: number;
}

/** One node of the graph; nodes of the graphs of several batch shapes that have one name are one. */
export interface ProfileNode {
  name: string;
  operator: string;
  /** From the node's name: `encoder/rnn0`; empty where it tells none. */
  layer: string;
  phase: GraphPhase;
  /** Execution provider that ran it. */
  provider: string;
  totalMs: number;
  calls: number;
  /** Shape of its first output as ONNX Runtime saw it, `float32 [8, 64, 124, 40]`; the largest of several. */
  output: string;
  outputBytes: number;
}

/**
 * Part of the wall time of the steps, as the engine measured it. `feed` is making the graph's inputs and reading its
 * outputs; `transfer` is what crosses between the engine and the process that runs the graph; `report` is writing events.
 */
export type StepPart = 'wait' | 'transfer' | 'feed' | 'graph' | 'update' | 'report';

/** A stretch of time on one line of the timeline; stretches of one line do not overlap. */
export interface TimelineSpan {
  /**
   * `step` (its parts), `layer` (neighbouring nodes of one layer and phase), `node`, `body` (nodes in the bodies of
   * loops; deeper ones `body 2`), `gpu` (its programs), and `features 1`, … one per feature worker.
   */
  line: string;
  name: string;
  /** From the beginning of the step. */
  startMs: number;
  durationMs: number;
  /** Of nodes and layers. */
  phase?: GraphPhase;
}

/** `profiles/<name>/summary.json`: what the hot spots view shows. */
export interface ProfileSummary {
  version: 1;
  /** Where the graph runs: `cpu`, `webgpu`, `cuda`. */
  device: string;
  /** As events number steps: the first is 1. */
  firstStep: number;
  steps: number;
  /** Unix time when the profile began. */
  startedMs: number;
  /** Graphs that ran: utterances × frames × tokens, `8×248×40`; on a GPU behind the batches of one run. */
  shapes: string[];
  /**
   * Wall time of the profiled steps without what profiling itself took, and the part that ONNX Runtime's nodes account
   * for.
   */
  wallMs: number;
  nodesMs: number;
  /** Of `nodesMs`: nodes that another provider than the device's ran. */
  offDeviceMs: number;
  /** Beside `wallMs`: opening profiled sessions, and running each once before it is measured. */
  profilingMs: number;
  /** Sums over the steps; they add up to `wallMs`. */
  parts: { name: StepPart; totalMs: number }[];
  byOperator: ProfileRow[];
  byLayer: ProfileRow[];
  byPhase: ProfileRow[];
  byProvider: ProfileRow[];
  /** The most expensive nodes, at most 500. */
  nodes: ProfileNode[];
  /** Of one step, the last that found its session open: its parts, and its nodes as far as they are longer than a hundredth of a percent of it. */
  timeline: TimelineSpan[];
}

/** The summary in a text, or undefined when it is none of this form. */
export function parseProfileSummary(text: string): ProfileSummary | undefined {
  try {
    const value = JSON.parse(text) as Partial<ProfileSummary> | null;
    const lists = [value?.parts, value?.byOperator, value?.byLayer, value?.byPhase, value?.nodes, value?.timeline];
    return value?.version === 1 && lists.every(Array.isArray) ? (value as ProfileSummary) : undefined;
  } catch {
    return undefined;
  }
}

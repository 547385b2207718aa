/** Part of a training step that a node of its graph belongs to. */
export type GraphPhase = 'forward' | 'loss' | 'backward' | 'update' | 'other';

/** Time of nodes that have something in common; sums over the profiled steps. */
export interface ProfileRow {
  /** Operator type or layer. */
  name: string;
  totalMs: number;
  calls: number;
  /** Bytes that the nodes wrote. */
  outputBytes: number;
}

/** One node of the graph. */
export interface ProfileNode {
  name: string;
  operator: string;
  /** From the node's name: `encoder/rnn0`. */
  layer: string;
  phase: GraphPhase;
  /** Execution provider that ran it. */
  provider: string;
  totalMs: number;
  calls: number;
  /** Shape of its first output as ONNX Runtime saw it, `float32 [8, 64, 124, 40]`. */
  output: string;
  outputBytes: number;
}

/** A stretch of time on one line of the timeline; stretches of one line do not overlap. */
export interface TimelineSpan {
  /** Line of the timeline: `step`, `graph`, `update`, `wait`, a thread. */
  line: string;
  name: string;
  startMs: number;
  durationMs: number;
}

/** `profiles/<name>/summary.json`: what the hot spots view shows. */
export interface ProfileSummary {
  version: 1;
  device: string;
  firstStep: number;
  steps: number;
  /** Wall time of the profiled steps, and the part that ONNX Runtime's nodes account for. */
  wallMs: number;
  nodesMs: number;
  byOperator: ProfileRow[];
  byLayer: ProfileRow[];
  byPhase: ProfileRow[];
  byProvider: ProfileRow[];
  /** The most expensive nodes, at most 500. */
  nodes: ProfileNode[];
  /** Of the last profiled step: its parts, and its nodes as far as they are longer than a hundredth of a percent of it. */
  timeline: TimelineSpan[];
}

import type { GraphPhase, ProfileNode, ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import type { Block, BlockChart } from './blocks.ts';

interface Branch {
  name: string;
  phase: GraphPhase;
  totalMs: number;
  node?: ProfileNode;
  children: Map<string, Branch>;
}

/** In the order in which they follow each other in a step. */
export const phases: readonly GraphPhase[] = ['forward', 'loss', 'backward', 'update', 'other'];

/** What blocks are called that no node gives a name. */
export interface IcicleNames {
  phases: Readonly<Record<GraphPhase, string>>;
  rest: string;
}

/**
 * Nodes under their layers under their phases, each as wide as its time. Phases stand in the order they run in, all
 * else by time. Nodes that the summary left out are one block of their phase.
 */
export function layOutIcicle(summary: ProfileSummary, names: IcicleNames): BlockChart {
  const roots = phases.map((phase) => growPhase(summary, phase, names)).filter(({ totalMs }) => totalMs > 0);
  const rows: Block[][] = [];
  let start = 0;
  for (const root of roots) {
    place(root, start, 0, rows);
    start += root.totalMs;
  }
  return { spanMs: start, rows, rowNames: [] };
}

function growPhase(summary: ProfileSummary, phase: GraphPhase, { phases: titles, rest }: IcicleNames): Branch {
  const root = branch(titles[phase], phase);
  for (const node of summary.nodes) if (node.phase === phase) insert(root, node);
  const wholeMs = summary.byPhase.find(({ name }) => name === phase)?.totalMs ?? 0;
  const left = branch(rest, phase);
  left.totalMs = wholeMs - root.totalMs;
  // Rounding in the file is not time that is missing.
  if (left.totalMs > 1e-3 * wholeMs) {
    root.children.set('\0rest', left);
    root.totalMs = wholeMs;
  }
  return root;
}

const branch = (name: string, phase: GraphPhase): Branch => ({ name, phase, totalMs: 0, children: new Map() });

function insert(root: Branch, node: ProfileNode): void {
  let at = root;
  at.totalMs += node.totalMs;
  for (const part of node.layer.split('/').filter(Boolean)) {
    const next = at.children.get(part) ?? branch(part, root.phase);
    at.children.set(part, next);
    at = next;
    at.totalMs += node.totalMs;
  }
  // A layer may be named like a node beside it.
  at.children.set(`\0${node.name}`, { ...branch(shortName(node), root.phase), totalMs: node.totalMs, node });
}

/** Without the layer that stands above it: `backward/encoder/conv0/Conv` in `encoder/conv0` is `Conv`. */
function shortName({ name, layer }: ProfileNode): string {
  const at = layer === '' ? -1 : name.indexOf(`${layer}/`);
  return at < 0 ? name : name.slice(at + layer.length + 1);
}

function place(from: Branch, start: number, row: number, rows: Block[][]): void {
  if (from.totalMs <= 0) return;
  rows[row] ??= [];
  const block = { row, start, end: start + from.totalMs, name: from.name, phase: from.phase };
  rows[row].push(from.node ? { ...block, node: from.node } : block);
  let at = start;
  for (const child of [...from.children.values()].sort((a, b) => b.totalMs - a.totalMs)) {
    place(child, at, row + 1, rows);
    at += child.totalMs;
  }
}

import type { GraphPhase, ProfileNode } from '../../../src/shared/run/profileSummary.ts';
import type { Range } from './range.ts';

/** One box of a flame graph or a timeline. */
export interface Block extends Range {
  /** From the top. */
  readonly row: number;
  readonly name: string;
  /** What it is coloured by. */
  readonly phase: GraphPhase;
  /** Present on boxes that are one node. */
  readonly node?: ProfileNode;
}

/** Boxes over one axis from 0 to `spanMs`; boxes of a row are in order and do not overlap. */
export interface BlockChart {
  readonly spanMs: number;
  readonly rows: readonly (readonly Block[])[];
  /** Names of the rows, where they have any. */
  readonly rowNames: readonly string[];
}

export function blockAt(chart: BlockChart, row: number, ms: number): Block | undefined {
  const blocks = chart.rows[row] ?? [];
  const block = blocks[firstEndingAfter(blocks, ms)];
  return block && block.start <= ms ? block : undefined;
}

/** The blocks of a row that touch a range. */
export function blocksWithin(blocks: readonly Block[], range: Range): readonly Block[] {
  const first = firstEndingAfter(blocks, range.start);
  let last = first;
  while (last < blocks.length && blocks[last]!.start < range.end) last++;
  return blocks.slice(first, last);
}

function firstEndingAfter(blocks: readonly Block[], ms: number): number {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle]!.end > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The block that an arrow key leads to; undefined at the edge. */
export function neighbour(chart: BlockChart, block: Block, direction: Direction): Block | undefined {
  const row = chart.rows[block.row] ?? [];
  const at = row.indexOf(block);
  if (direction === 'left') return row[at - 1];
  if (direction === 'right') return row[at + 1];
  const step = direction === 'up' ? -1 : 1;
  for (let next = block.row + step; next >= 0 && next < chart.rows.length; next += step) {
    const touching = blocksWithin(chart.rows[next]!, block);
    if (touching.length > 0) return touching.reduce((a, b) => (overlap(b, block) > overlap(a, block) ? b : a));
  }
  return undefined;
}

const overlap = (a: Range, b: Range): number => Math.min(a.end, b.end) - Math.max(a.start, b.start);

/** The shortest block that holds a range and more, or the whole chart: where zooming out leads. */
export function rangeAround(chart: BlockChart, range: Range): Range {
  const slack = (range.end - range.start) * 1e-6;
  const wider = chart.rows
    .flat()
    .filter(({ start, end }) => start <= range.start + slack && end >= range.end - slack)
    .filter(({ start, end }) => end - start > range.end - range.start + slack)
    .sort((a, b) => a.end - a.start - (b.end - b.start));
  const [found] = wider;
  return found ? { start: found.start, end: found.end } : { start: 0, end: chart.spanMs };
}

/** Whether a block is what somebody looks for; an empty search is answered by every block. */
export function matches(block: Block, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return true;
  const { node } = block;
  const words = node ? [node.name, node.operator, node.layer, node.provider] : [block.name];
  return words.some((word) => word.toLowerCase().includes(wanted));
}

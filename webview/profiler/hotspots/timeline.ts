import type { GraphPhase, ProfileNode, ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import type { Block, BlockChart } from './blocks.ts';

/** The last profiled step as it went by: one row for each line, in the order in which the lines first appear. */
export function layOutTimeline({ timeline, nodes }: ProfileSummary): BlockChart {
  const startMs = timeline.reduce((least, span) => Math.min(least, span.startMs), Infinity);
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const rowNames = [...new Set(timeline.map(({ line }) => line))];
  const rows: Block[][] = rowNames.map(() => []);
  for (const { line, name, startMs: at, durationMs } of timeline) {
    const row = rowNames.indexOf(line);
    const node = byName.get(name);
    const start = at - startMs;
    const block = { row, start, end: start + durationMs, name, phase: phaseOf(name, node) };
    rows[row]!.push(node ? { ...block, node } : block);
  }
  for (const row of rows) separate(row.sort((a, b) => a.start - b.start));
  const spanMs = rows.flat().reduce((most, { end }) => Math.max(most, end), 0);
  return { spanMs, rows, rowNames };
}

const phases: readonly string[] = ['forward', 'loss', 'backward', 'update'] satisfies GraphPhase[];

function phaseOf(name: string, node: ProfileNode | undefined): GraphPhase {
  if (node) return node.phase;
  return phases.includes(name) ? (name as GraphPhase) : name.startsWith('backward/') ? 'backward' : 'other';
}

/** Ends that reach into the next block, as rounded times do, are cut. */
function separate(row: Block[]): void {
  for (let i = 0; i + 1 < row.length; i++) {
    const [block, next] = [row[i]!, row[i + 1]!];
    if (block.end > next.start) row[i] = { ...block, end: Math.max(block.start, next.start) };
  }
}

import type { GraphPhase, ProfileNode, ProfileSummary, TimelineSpan } from '../../../src/shared/run/profileSummary.ts';
import type { Block, BlockChart } from './blocks.ts';

/**
 * A profiled step as it went by: one row for each line, in the order in which the lines first appear. Time that went
 * to profiling itself is cut out, since the steps of a run that is not profiled do not have it.
 */
export function layOutTimeline({ timeline, nodes }: ProfileSummary, names: TimelineNames): BlockChart {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const cut = cutOut(timeline.filter(({ line, name }) => line === 'step' && name === 'profiling'));
  const lines = [...new Set(timeline.map(({ line }) => line))];
  const rows: Block[][] = lines.map(() => []);
  for (const span of timeline) {
    const row = lines.indexOf(span.line);
    const start = cut(span.startMs);
    const end = cut(span.startMs + span.durationMs);
    if (end <= start) continue;
    // A layer may be named like one of its nodes.
    const node = span.line === 'layer' ? undefined : byName.get(span.name);
    const name = span.line === 'step' ? wordFor(names.parts, span.name) : span.name;
    const block = { row, start, end, name, phase: phaseOf(span, node) };
    rows[row]!.push(node ? { ...block, node } : block);
  }
  for (const row of rows) separate(row.sort((a, b) => a.start - b.start));
  const spanMs = rows.flat().reduce((most, { end }) => Math.max(most, end), 0);
  return { spanMs, rows, rowNames: lines.map((line) => lineName(line, names)) };
}

/** What lines and the parts of a step are called. */
export interface TimelineNames {
  lines: Readonly<Record<string, string>>;
  parts: Readonly<Record<string, string>>;
}

/** The word for a name that a file gives, or the name itself. */
export const wordFor = (words: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(words, name) ? words[name]! : name;

/** `features 2` and `body 2` are a word and a number. */
function lineName(line: string, names: TimelineNames): string {
  const number = /\s\d+$/.exec(line)?.[0] ?? '';
  return wordFor(names.lines, line.slice(0, line.length - number.length)) + number;
}

const phaseOf = ({ line, name, phase }: TimelineSpan, node: ProfileNode | undefined): GraphPhase =>
  phase ?? node?.phase ?? (line === 'step' && name === 'update' ? 'update' : 'other');

/** Where a moment lies on an axis without some stretches, which do not overlap. */
function cutOut(stretches: readonly TimelineSpan[]): (ms: number) => number {
  return (ms) =>
    stretches.reduce((left, { startMs, durationMs }) => left - Math.max(0, Math.min(ms - startMs, durationMs)), ms);
}

/** Ends that reach into the next block, as rounded times do, are cut. */
function separate(row: Block[]): void {
  for (let i = 0; i + 1 < row.length; i++) {
    const [block, next] = [row[i]!, row[i + 1]!];
    if (block.end > next.start) row[i] = { ...block, end: Math.max(block.start, next.start) };
  }
}

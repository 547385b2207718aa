import type { ProfileRow, ProfileSummary } from '../../../src/shared/run/profileSummary.ts';

/** What the table can be by. */
export const groupings = ['operator', 'layer', 'node', 'phase', 'provider', 'timeline'] as const;
export type Grouping = (typeof groupings)[number];

/** A line of the table; what it has no figure for is absent. */
export interface HotSpotRow {
  name: string;
  /** Of a node: operator, phase and provider. Of the timeline: its line. */
  about?: string;
  totalMs: number;
  /** Of all that the table lists, 0 to 1. */
  share: number;
  startMs?: number;
  calls?: number;
  outputBytes?: number;
  output?: string;
}

export function rowsBy(summary: ProfileSummary, grouping: Grouping): HotSpotRow[] {
  switch (grouping) {
    case 'operator':
      return shareOut(summary.byOperator, summary.nodesMs);
    case 'layer':
      return shareOut(summary.byLayer, summary.nodesMs);
    case 'phase':
      return shareOut(summary.byPhase, summary.nodesMs);
    case 'provider':
      return shareOut(summary.byProvider, summary.nodesMs);
    case 'node':
      return summary.nodes.map(({ name, operator, phase, provider, totalMs, calls, output, outputBytes }) => {
        const about = `${operator} · ${phase} · ${shortProvider(provider)}`;
        return { name, about, totalMs, share: ratio(totalMs, summary.nodesMs), calls, output, outputBytes };
      });
    case 'timeline':
      return timelineRows(summary);
  }
}

/** Times that are measured outside the nodes make the whole longer. */
function shareOut(rows: readonly ProfileRow[], nodesMs: number): HotSpotRow[] {
  const wholeMs = Math.max(
    nodesMs,
    rows.reduce((sum, { totalMs }) => sum + totalMs, 0),
  );
  return rows.map((row) => ({ ...row, share: ratio(row.totalMs, wholeMs) }));
}

function timelineRows({ timeline }: ProfileSummary): HotSpotRow[] {
  const startMs = timeline.reduce((least, span) => Math.min(least, span.startMs), Infinity);
  const endMs = timeline.reduce((most, span) => Math.max(most, span.startMs + span.durationMs), 0);
  return timeline.map(({ line, name, startMs: at, durationMs }) => {
    const share = ratio(durationMs, endMs - startMs);
    return { name, about: line, totalMs: durationMs, share, startMs: at - startMs };
  });
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

export type SortKey = 'name' | 'totalMs' | 'startMs' | 'calls' | 'outputBytes';
export interface SortOrder {
  key: SortKey;
  descending: boolean;
}

/** Rows without the figure come last in either direction; equal rows keep their order. */
export function sortRows(rows: readonly HotSpotRow[], { key, descending }: SortOrder): HotSpotRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (key === 'name') return sign * a.name.localeCompare(b.name, undefined, { numeric: true });
    const [x, y] = [a[key], b[key]];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return sign * (x - y);
  });
}

export function filterRows(rows: readonly HotSpotRow[], search: string): HotSpotRow[] {
  const wanted = search.trim().toLowerCase();
  return rows.filter(({ name, about = '' }) => `${name}\n${about}`.toLowerCase().includes(wanted));
}

/** `CPUExecutionProvider` without what all of them end in. */
export const shortProvider = (provider: string): string => provider.replace(/ExecutionProvider$/, '');

export interface Placement {
  provider: string;
  totalMs: number;
  share: number;
  /** Whether it belongs to the device that the run chose. */
  onDevice: boolean;
  /** Operators of its nodes, the most expensive first. */
  operators: string[];
}

const providersOf: Record<string, string> = { cpu: 'CPU', cuda: 'CUDA', webgpu: 'WebGPU' };

/** Which provider ran how much, the chosen device's first. */
export function placements({ device, byProvider, nodes, nodesMs }: ProfileSummary): Placement[] {
  const chosen = (providersOf[device] ?? device).toLowerCase();
  return byProvider
    .map(({ name, totalMs }) => ({
      provider: shortProvider(name),
      totalMs,
      share: ratio(totalMs, nodesMs),
      onDevice: shortProvider(name).toLowerCase().startsWith(chosen),
      operators: operatorsOf(nodes.filter(({ provider }) => provider === name)),
    }))
    .sort((a, b) => Number(b.onDevice) - Number(a.onDevice) || b.totalMs - a.totalMs);
}

function operatorsOf(nodes: readonly { operator: string; totalMs: number }[]): string[] {
  const times = new Map<string, number>();
  for (const { operator, totalMs } of nodes) times.set(operator, (times.get(operator) ?? 0) + totalMs);
  return [...times].sort((a, b) => b[1] - a[1]).map(([operator]) => operator);
}

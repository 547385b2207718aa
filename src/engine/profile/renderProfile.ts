import type { ProfileRow, ProfileSummary, StepPart } from '../../shared/run/profileSummary.ts';

const partTexts: Readonly<Record<StepPart, string>> = {
  wait: 'waiting for data',
  transfer: 'to and from the graph process',
  feed: "making the graph's inputs",
  graph: 'running the graph',
  update: 'clipping and update',
  report: 'events and the rest',
};

/** A profile as tables of at most so many rows. */
export function renderProfile(summary: ProfileSummary, rows: number): string {
  const { firstStep, steps, device, shapes, wallMs, nodesMs, offDeviceMs, profilingMs } = summary;
  const lastStep = firstStep + steps - 1;
  const nodes = summary.nodes.map((node) => ({ ...node, name: `${node.name}  ${node.output}` }));
  const tables = {
    phase: summary.byPhase,
    layer: summary.byLayer,
    operator: summary.byOperator,
    provider: summary.byProvider,
    node: nodes,
  };
  return [
    `steps ${firstStep} to ${lastStep} on ${device}: ${wallMs.toFixed(0)} ms, of it ${renderShare(nodesMs, wallMs)} in nodes of the graph`,
    `graphs: ${shapes.join('; ')}`,
    `profiling itself took ${profilingMs.toFixed(0)} ms more`,
    offDeviceMs > 0
      ? `${renderShare(offDeviceMs, nodesMs)} of the nodes' time was not on ${device}`
      : `every node ran on ${device}`,
    '',
    ...summary.parts.map(
      ({ name, totalMs }) =>
        `${partTexts[name].padEnd(nameWidth)}${totalMs.toFixed(1).padStart(10)}${renderShare(totalMs, wallMs).padStart(9)}`,
    ),
    ...Object.entries(tables).flatMap(([title, of]) => ['', ...renderTable(title, of, rows, nodesMs)]),
  ].join('\n');
}

const nameWidth = 34;

function renderTable(title: string, of: readonly ProfileRow[], count: number, nodesMs: number): string[] {
  const shown = of.slice(0, count);
  const width = Math.max(nameWidth, ...shown.map(({ name }) => name.length + 2));
  return [
    `${title.padEnd(width)}${'ms'.padStart(10)}${'share'.padStart(9)}${'calls'.padStart(9)}${'wrote'.padStart(11)}`,
    ...shown.map(({ name, totalMs, calls, outputBytes }) => {
      const times = totalMs.toFixed(1).padStart(10) + renderShare(totalMs, nodesMs).padStart(9);
      return `${name.padEnd(width)}${times}${String(calls).padStart(9)}${renderBytes(outputBytes).padStart(11)}`;
    }),
    ...(of.length > count ? [`… ${of.length - count} more`] : []),
  ];
}

const renderShare = (ms: number, of: number) => `${(of > 0 ? (100 * ms) / of : 0).toFixed(1)} %`;

function renderBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}

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
  const share = (ms: number, of: number) => `${(of > 0 ? (100 * ms) / of : 0).toFixed(1)} %`;
  const table = (title: string, of: readonly ProfileRow[]) => [
    '',
    `${title.padEnd(34)}${'ms'.padStart(10)}${'share'.padStart(9)}${'calls'.padStart(9)}${'wrote'.padStart(11)}`,
    ...of.slice(0, rows).map(({ name, totalMs, calls, outputBytes }) => {
      const numbers = totalMs.toFixed(1).padStart(10) + share(totalMs, nodesMs).padStart(9) + String(calls).padStart(9);
      return `${name.padEnd(34)}${numbers}${renderBytes(outputBytes).padStart(11)}`;
    }),
    ...(of.length > rows ? [`… ${of.length - rows} more`] : []),
  ];
  const nodes = summary.nodes.map((node) => ({ ...node, name: `${node.name}  ${node.output}` }));
  return [
    `steps ${firstStep} to ${lastStep} on ${device}: ${wallMs.toFixed(0)} ms, of it ${share(nodesMs, wallMs)} in nodes of the graph`,
    `graphs: ${shapes.join('; ')}`,
    `profiling itself took ${profilingMs.toFixed(0)} ms more`,
    offDeviceMs > 0
      ? `${share(offDeviceMs, nodesMs)} of the nodes' time was not on ${device}`
      : `every node ran on ${device}`,
    '',
    ...summary.parts.map(
      ({ name, totalMs }) =>
        `${partTexts[name].padEnd(34)}${totalMs.toFixed(1).padStart(10)}${share(totalMs, wallMs).padStart(9)}`,
    ),
    ...table('phase', summary.byPhase),
    ...table('layer', summary.byLayer),
    ...table('operator', summary.byOperator),
    ...table('provider', summary.byProvider),
    ...table('node', nodes),
  ].join('\n');
}

function renderBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}

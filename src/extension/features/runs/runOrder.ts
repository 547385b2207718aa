import type { Run } from '../../services/runs.ts';

/** Runs of one experiment file under one name belong together. */
export const experimentKey = ({ configFile, experiment }: Run): string => `${experiment}\n${configFile}`;

/** What goes on comes first, then the newest. */
export function sortRuns(runs: readonly Run[]): Run[] {
  return [...runs].sort((a, b) => Number(b.active) - Number(a.active) || b.createdMs - a.createdMs);
}

/** Tells a run from its `siblings`, the runs of the same experiment: by the user's name for it, else by its start. */
export function labelOf(run: Run, siblings: readonly Run[], language: string): string {
  if (run.name !== run.experiment || siblings.length < 2) return run.name;
  const started = new Date(run.createdMs);
  const same = siblings.filter((other) => sameMinute(other.createdMs, run.createdMs)).length > 1;
  return new Intl.DateTimeFormat(language, {
    ...{ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    ...(same ? { second: '2-digit' } : {}),
  } as Intl.DateTimeFormatOptions).format(started);
}

const sameMinute = (a: number, b: number): boolean => Math.floor(a / 60_000) === Math.floor(b / 60_000);

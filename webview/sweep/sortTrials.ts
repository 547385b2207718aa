import type { ShownTrial } from '../../src/shared/protocol/sweep.ts';

/** What the table is sorted by: a figure of the trials, or the key with an index. */
export type Column = 'number' | 'wer' | 'cer' | 'epochs' | 'time' | 'state' | `key${number}`;

export interface SortOrder {
  column: Column;
  descending: boolean;
}

/** What cannot be compared (a trial without a score) comes last in either direction; equal ones by number. */
export function sortTrials(trials: readonly ShownTrial[], { column, descending }: SortOrder): ShownTrial[] {
  const cell = (trial: ShownTrial) => cellOf(trial, column);
  return [...trials].sort((a, b) => {
    const [x, y] = [cell(a), cell(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a.number - b.number;
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y), 'en');
    return (descending ? -order : order) || a.number - b.number;
  });
}

const states: readonly ShownTrial['state'][] = ['running', 'done', 'stopped', 'failed', 'waiting'];

function cellOf(trial: ShownTrial, column: Column): number | string | null {
  switch (column) {
    case 'number':
      return trial.number;
    case 'wer':
    case 'cer':
      return trial[column];
    case 'epochs':
      return trial.wers.length;
    case 'time':
      return trial.durationMs;
    case 'state':
      return states.indexOf(trial.state);
    default: {
      const value = trial.values[Number(column.slice(3))] ?? '';
      return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
    }
  }
}

import * as path from 'node:path';
import type { SweepRecord } from '../../shared/sweep/sweepRecord.ts';

export interface Sweep {
  readonly directory: string;
  readonly record: SweepRecord;
  /** A process works on it. */
  readonly active: boolean;
}

export interface BestValue {
  /** YAML. */
  value: string;
  /** Best dev WER of its trial, a fraction. */
  wer: number;
  /** Trials that have a score, over all sweeps of the key. */
  trials: number;
  /** Of the sweep that found it. */
  directory: string;
}

/** The value of the best trial of all sweeps over the key. */
export function bestValueOf(sweeps: readonly Sweep[], configFile: string, key: string): BestValue | undefined {
  const file = path.resolve(configFile);
  const scored = sweeps.flatMap(({ directory, record }) => {
    const index = record.keys.findIndex((each) => each.key === key);
    if (index < 0 || path.resolve(record.configFile) !== file) return [];
    return record.trials.flatMap(({ wer, values }) =>
      wer === null ? [] : [{ value: values[index]!, wer, directory }],
    );
  });
  const [best] = [...scored].sort((a, b) => a.wer - b.wer);
  return best && { ...best, trials: scored.length };
}

/** What a sweep over this value or that of a trial would set, as `key=value`. */
export const trialSets = ({ keys, sets }: SweepRecord, values: readonly string[]): string[] => [
  ...sets,
  ...keys.map(({ key }, i) => `${key}=${values[i]}`),
];

/** A sweep that ended before all of its trials were settled. */
export const canResumeSweep = ({ active, record }: Sweep): boolean => !active && record.end !== 'done';

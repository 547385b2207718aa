import { isSiblingName } from '../run/layout.ts';
import type { SweepKey } from './sweepKeys.ts';

/** Format version of `sweep.json`; a reader of version n + 1 reads version n. */
export const sweepFormatVersion = 1;

/** What `sweep.json` says: what is tried, and how far each trial is. Written anew after each change of a trial. */
export interface SweepRecord {
  version: number;
  /** Of the experiment. */
  name: string;
  /** Absolute. */
  configFile: string;
  createdMs: number;
  keys: SweepKey[];
  /** Absent for a grid. */
  random?: { trials: number; seed: number };
  /** Changes of the experiment that all trials share, as `key=value`. */
  sets: string[];
  /** Its models are compared together afterwards (`asr ensemble`). */
  ensemble?: boolean;
  /** Absent where every trial goes through all its epochs. */
  graceEpochs?: number;
  /** No trial begins after so much training; absent for no limit. */
  budgetMin?: number;
  /** How its process ended; absent while it works, and when it was killed. */
  end?: SweepEnd;
  trials: SweepTrial[];
}

/** All trials are settled; the user stopped it; its budget is spent. */
export type SweepEnd = 'done' | 'stopped' | 'budget';

/** `stopped`: given up early by the median rule. */
export type TrialState = 'waiting' | 'running' | 'done' | 'stopped' | 'failed';

export interface SweepTrial {
  /** From 1. */
  number: number;
  /** YAML, in the order of the keys. */
  values: string[];
  state: TrialState;
  /** That it goes through unless it ends early. */
  epochs: number;
  /** Name of its run's directory beside the sweep's. */
  run: string;
  /** Dev WER after each epoch, as fractions. */
  wers: number[];
  /** Of its best checkpoint; null before there is one. */
  wer: number | null;
  cer: number | null;
  /** Training time so far, over all starts. */
  durationMs: number;
  /** Why it was given up or failed. */
  message?: string;
}

export const isSettled = ({ state }: SweepTrial): boolean =>
  state === 'done' || state === 'stopped' || state === 'failed';

/** The trial with the lowest WER, then CER, then number. A trial that was given up counts with what it reached. */
export function bestTrial(trials: readonly SweepTrial[]): SweepTrial | undefined {
  return trials.filter(({ wer }) => wer !== null).sort(compareTrials)[0];
}

/** Best first; those without a score last, in their order. */
export function compareTrials(a: SweepTrial, b: SweepTrial): number {
  const rank = (value: number | null) => value ?? Number.POSITIVE_INFINITY;
  // Two without a score are equal, and no difference of infinities.
  const by = (x: number | null, y: number | null) => (rank(x) === rank(y) ? 0 : rank(x) - rank(y));
  return by(a.wer, b.wer) || by(a.cer, b.cer) || a.number - b.number;
}

/** `learningRate 3e-4, dropout 0.1`: what tells a trial from the others. */
export function trialName(keys: readonly SweepKey[], values: readonly string[]): string {
  const last = (key: string) => key.slice(key.lastIndexOf('.') + 1);
  const short = keys.map(({ key }) => last(key));
  return keys.map(({ key }, i) => `${new Set(short).size === short.length ? short[i] : key} ${values[i]}`).join(', ');
}

/** The record in `sweep.json`, or undefined when the text is not one. */
export function parseSweepRecord(text: string): SweepRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<SweepRecord> | null;
    const known =
      typeof value?.version === 'number' &&
      typeof value.name === 'string' &&
      typeof value.configFile === 'string' &&
      typeof value.createdMs === 'number' &&
      Array.isArray(value.sets) &&
      Array.isArray(value.keys) &&
      value.keys.every((key) => typeof key?.key === 'string') &&
      Array.isArray(value.trials) &&
      value.trials.every(isTrial);
    return known ? (value as SweepRecord) : undefined;
  } catch {
    return undefined;
  }
}

function isTrial(value: Partial<SweepTrial> | null): boolean {
  const isScore = (score: unknown) => score === null || typeof score === 'number';
  return (
    typeof value?.number === 'number' &&
    typeof value.state === 'string' &&
    typeof value.epochs === 'number' &&
    isSiblingName(value.run) &&
    Array.isArray(value.values) &&
    Array.isArray(value.wers) &&
    isScore(value.wer) &&
    isScore(value.cer)
  );
}

export const renderSweepRecord = (record: SweepRecord): string => `${JSON.stringify(record, undefined, 1)}\n`;

import { basename, dirname, join, resolve } from 'node:path';
import { configKeyAt } from '../../shared/config/configKeys.ts';
import { type ParsedExperiment, parseExperiment } from '../../shared/config/parseExperiment.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import { trialDirectoryName } from '../../shared/run/layout.ts';
import { defaultGrace } from '../../shared/sweep/medianRule.ts';
import { planGrid, planRandom, trialLimit } from '../../shared/sweep/planTrials.ts';
import { parseSweepKey, type SweepKey } from '../../shared/sweep/sweepKeys.ts';
import { type SweepRecord, type SweepTrial, sweepFormatVersion, trialName } from '../../shared/sweep/sweepRecord.ts';
import { type ParsedArguments, UsageError } from '../arguments.ts';

/** What is asked for anew, and so cannot be asked of a sweep that goes on. */
export const planningOptions = ['key', 'random', 'seed', 'epochs', 'grace', 'all-epochs', 'set'] as const;

/** The sweep that a command line asks for. Every trial's config is checked, so that none fails later for its values. */
export function planSweep(args: ParsedArguments, text: string, directory: string, nowMs: number): SweepRecord {
  const configFile = resolve(args.operands[0]!);
  if (args.texts('key').length === 0) throw new UsageError('sweep needs --key <key=values>; see "asr sweep --help"');
  const keys = args.texts('key').map((each) => parseSweepKey(each, isWhole));
  const twice = keys.find(({ key }, i) => keys.findIndex((other) => other.key === key) < i);
  if (twice) throw new UsageError(`--key ${twice.key} is given twice; list all its values in one`);
  const trials = args.number('random', { min: 1, max: trialLimit, integer: true });
  const seed = args.number('seed', { min: 0, integer: true });
  if (seed !== undefined && trials === undefined) throw new UsageError('--seed is for --random; a grid draws nothing');
  const random = trials === undefined ? undefined : { trials, seed: seed ?? 1 };
  const epochs = args.number('epochs', { min: 1, max: 100_000, integer: true });
  const sets = [...args.texts('set'), ...(epochs === undefined ? [] : [`training.epochs=${epochs}`])];
  const rows = random ? planRandom(keys, random.trials, random.seed) : planGrid(keys);
  const base = checked(text, configFile, sets);
  if (base.data.dev.length === 0)
    throw new UserError(`${configFile}: trials are compared by their dev WER; give data.dev a manifest`);
  const budgetMin = args.number('budget', { min: 0 });
  return {
    version: sweepFormatVersion,
    name: base.name,
    configFile,
    createdMs: nowMs,
    keys,
    ...(random ? { random } : {}),
    sets,
    ...graceOf(args, base.training.epochs),
    ...(budgetMin === undefined ? {} : { budgetMin }),
    ...(args.flag('ensemble') ? { ensemble: true } : {}),
    trials: rows.map((values, i): SweepTrial => {
      const { training } = checked(text, configFile, [...sets, ...assignments(keys, values)], trialName(keys, values));
      const progress = { wers: [], wer: null, cer: null, durationMs: 0 };
      const run = trialDirectoryName(basename(directory), i + 1);
      return { number: i + 1, values, state: 'waiting', epochs: training.epochs, run, ...progress };
    }),
  };
}

/** The experiment of one trial. */
export const trialExperiment = ({ keys, sets, configFile }: SweepRecord, values: readonly string[], text: string) =>
  checked(text, configFile, [...sets, ...assignments(keys, values)], trialName(keys, values));

/** Where a trial's run is. */
export const trialDirectory = (sweep: string, { run }: SweepTrial): string => join(dirname(sweep), run);

const assignments = (keys: readonly SweepKey[], values: readonly string[]) =>
  keys.map(({ key }, i) => `${key}=${values[i]}`);

const isWhole = (key: string): boolean =>
  configKeyAt(key.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)))?.expected.startsWith(
    'a whole number',
  ) ?? false;

function graceOf(args: ParsedArguments, epochs: number): Pick<SweepRecord, 'graceEpochs'> {
  const grace = args.number('grace', { min: 1, integer: true });
  if (!args.flag('all-epochs')) return { graceEpochs: grace ?? defaultGrace(epochs) };
  if (grace !== undefined) throw new UsageError('--grace is when trials may be given up; leave out --all-epochs');
  return {};
}

function checked(text: string, configFile: string, sets: readonly string[], trial?: string): Experiment {
  const { experiment, problems }: ParsedExperiment = parseExperiment(text, configFile, sets);
  if (experiment) return experiment;
  const what = trial === undefined ? `${configFile} has errors` : `the trial "${trial}" is no valid experiment`;
  throw new UserError(what, problems);
}

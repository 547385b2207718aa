import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { sweepFiles } from '../../shared/run/layout.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import { callArguments, type ParsedArguments, UsageError } from '../arguments.ts';
import { readExperimentFile } from '../experimentFile.ts';
import { trialDirectory } from '../sweep/planSweep.ts';
import { chooseSweepDirectory, readSweep } from '../sweep/sweepDirectory.ts';
import type { Terminal } from '../terminal.ts';
import { run as evaluate } from './evaluate.ts';
import { run as sweep } from './sweep.ts';

const standardMembers = 3;
/** Fixed when an ensemble begins. */
const planned = ['members', 'epochs', 'set'] as const;

/** An ensemble is a sweep over the seed that gives no trial up, followed by an evaluation of all its models together. */
export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const configFile = args.operands[0]!;
  const resume = args.flag('resume');
  const fixed = planned.find((name) => resume && args.flag(name));
  if (fixed) throw new UsageError(`--resume goes on with what the ensemble was begun with; leave out --${fixed}`);
  const { experiment, problems } = await readExperimentFile(configFile, args.texts('set'));
  if (!experiment) throw new UserError(`${configFile} has errors`, problems);
  const manifests = args.flag('manifest')
    ? args.texts('manifest')
    : experiment.data.dev.map((file) => resolve(dirname(configFile), file));
  if (manifests.length === 0)
    throw new UserError(`${configFile}: data.dev has no manifest to compare on; see --manifest`);
  const members = args.number('members', { min: 2, max: 32, integer: true }) ?? standardMembers;
  const seeds = Array.from({ length: members }, (_, i) => experiment.seed + i);
  const given = args.text('sweep-dir');
  const { directory } = chooseSweepDirectory(configFile, experiment.name, given, resume, Date.now());
  const trained = await sweep(
    callArguments('sweep', [configFile], {
      'sweep-dir': [directory],
      ...(resume
        ? { resume: ['true'] }
        : { key: [`seed=${seeds.join(',')}`], 'all-epochs': ['true'], ensemble: ['true'] }),
      ...optionsOf(args, ['epochs', 'set', 'device', 'threads']),
    }),
    { ...terminal, result: () => {} },
  );
  if (trained !== 0) return trained;
  return compare(directory, manifests, args, terminal);
}

/** On each manifest: every model alone, the average of their log-probabilities, and the ROVER of their transcripts. */
async function compare(
  directory: string,
  manifests: readonly string[],
  args: ParsedArguments,
  terminal: Terminal,
): Promise<number> {
  const { trials } = readSweep(directory)!;
  const models = trials.filter(({ state }) => state === 'done').map((trial) => trialDirectory(directory, trial));
  if (models.length < 2) throw new UserError(`${directory}: fewer than two models were trained to their end`);
  const results: unknown[] = [];
  for (const manifest of manifests) {
    terminal.note(`comparing ${models.length} models on ${manifest}`);
    // Frames of several models can be put together for CTC's own output only.
    const options = { manifest: [manifest], decoder: ['greedy'], ...optionsOf(args, ['threads']) };
    await evaluate(callArguments('evaluate', models, options), {
      ...terminal,
      result: (document) => results.push({ manifest, ...(document as object) }),
    });
  }
  const file = join(directory, sweepFiles.ensemble);
  await replaceFile(file, `${JSON.stringify({ models, results }, undefined, 1)}\n`);
  terminal.note(`written to ${file}`);
  terminal.result({ directory, models, results });
  return 0;
}

const optionsOf = (args: ParsedArguments, names: readonly string[]): Record<string, readonly string[]> =>
  Object.fromEntries(names.map((name) => [name, args.texts(name)]));

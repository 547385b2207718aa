import { experimentRules } from '../../asr/lint/experimentRules.ts';
import { lintExperiment } from '../../shared/config/lintExperiment.ts';
import { parseExperiment } from '../../shared/config/parseExperiment.ts';
import { UserError } from '../../shared/problem.ts';
import { bestTrial, type SweepEnd, type SweepRecord } from '../../shared/sweep/sweepRecord.ts';
import { makeFolder } from '../../training/fileError.ts';
import { acquireLock } from '../../training/run/lock.ts';
import { type ParsedArguments, UsageError } from '../arguments.ts';
import type { AskedDevice } from '../devices/chooseDevice.ts';
import { readUserFile } from '../experimentFile.ts';
import { launchedRank } from '../parallel/launchedRanks.ts';
import { planningOptions, planSweep } from '../sweep/planSweep.ts';
import { renderSweep, sweepDocument } from '../sweep/renderSweep.ts';
import { runSweep } from '../sweep/runSweep.ts';
import {
  checkNotTaken,
  chooseSweepDirectory,
  createSweep,
  readSweep,
  readSweepConfig,
} from '../sweep/sweepDirectory.ts';
import type { Terminal } from '../terminal.ts';
import { train } from '../train/trainRun.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  if (launchedRank(process.env)) throw new UserError('a sweep is one process; start it without mpirun');
  const { directory, open } = await findSweep(args, terminal);
  makeFolder(directory, 'sweep directory');
  const lock = acquireLock(directory);
  try {
    const { record, text } = await open();
    terminal.note(`sweep ${directory}: ${record.trials.length} trials`);
    const threads = args.number('threads', { min: 1, max: 256, integer: true });
    const device = args.text('device') as AskedDevice | undefined;
    const end = await runSweep({ directory, record, text, threads, device, terminal, train });
    return conclude(directory, record, end, terminal);
  } finally {
    lock.release();
  }
}

interface FoundSweep {
  directory: string;
  /** Once the sweep's lock is held: what another process did until then counts. */
  open(): Promise<{ record: SweepRecord; text: string }>;
}

/** The sweep to go on with, or a new one. */
async function findSweep(args: ParsedArguments, terminal: Terminal): Promise<FoundSweep> {
  const configFile = args.operands[0]!;
  const nowMs = Date.now();
  const given = args.text('sweep-dir');
  if (args.flag('resume')) {
    const fixed = planningOptions.find((name) => args.flag(name));
    if (fixed) throw new UsageError(`--resume goes on with what the sweep was begun with; leave out --${fixed}`);
    const { directory } = chooseSweepDirectory(configFile, '', given, true, nowMs);
    const budgetMin = args.number('budget', { min: 0 });
    const more = budgetMin === undefined ? {} : { budgetMin };
    const open = async () => ({ record: { ...readSweep(directory)!, ...more }, text: readSweepConfig(directory) });
    return { directory, open };
  }
  const text = await readUserFile(configFile, 'config');
  const parsed = parseExperiment(text, configFile, args.texts('set'));
  if (!parsed.experiment) throw new UserError(`${configFile} has errors`, parsed.problems);
  for (const problem of lintExperiment(parsed, configFile, experimentRules)) terminal.report(problem);
  const { directory } = chooseSweepDirectory(configFile, parsed.experiment.name, given, false, nowMs);
  const record = planSweep(args, text, directory, nowMs);
  checkNotTaken(directory, record);
  return {
    directory,
    async open() {
      await createSweep(directory, record, text);
      return { record, text };
    },
  };
}

function conclude(directory: string, record: SweepRecord, end: SweepEnd, terminal: Terminal): number {
  for (const line of renderSweep(record)) terminal.print(line);
  const best = bestTrial(record.trials);
  if (best) {
    const values = record.keys.map(({ key }, i) => `${key}=${best.values[i]}`);
    terminal.print(`best: --set ${values.join(' ')}`);
  }
  terminal.result(sweepDocument(directory, record, end));
  if (end === 'stopped') terminal.note('stopped; go on with --resume');
  else if (end === 'budget') terminal.note(`the budget of ${record.budgetMin} min is spent; --resume --budget goes on`);
  else terminal.note(`done: ${directory}`);
  if (end === 'stopped') return 130;
  return record.trials.every(({ state }) => state === 'failed') ? 1 : 0;
}

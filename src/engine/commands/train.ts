import { experimentRules } from '../../asr/lint/experimentRules.ts';
import { lintExperiment } from '../../shared/config/lintExperiment.ts';
import { UserError } from '../../shared/problem.ts';
import { type ParsedArguments, UsageError } from '../arguments.ts';
import type { AskedDevice } from '../devices/chooseDevice.ts';
import { readExperimentFile } from '../experimentFile.ts';
import { launchedRank } from '../parallel/launchedRanks.ts';
import { parseStepRange } from '../profile/stepRange.ts';
import type { Terminal } from '../terminal.ts';
import { train } from '../train/trainRun.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const configFile = args.operands[0]!;
  const parsed = await readExperimentFile(configFile, args.texts('set'));
  const from = args.text('from');
  const upToStep = args.number('from-step', { min: 0, integer: true });
  if (from !== undefined && args.flag('resume')) throw new UsageError('--from begins a new run; leave out --resume');
  if (from === undefined && upToStep !== undefined) throw new UsageError('--from-step needs --from <run>');
  const { experiment, problems } = parsed;
  if (!experiment) throw new UserError(`${configFile} has errors`, problems);
  const launched = launchedRank(process.env);
  const isFirst = !launched || launched.rank === 0;
  if (isFirst) for (const problem of lintExperiment(parsed, configFile, experimentRules)) terminal.report(problem);
  const { threads } = experiment.training;
  const outcome = await train({
    experiment,
    configFile,
    runDirectory: args.text('run-dir'),
    resume: args.flag('resume'),
    from: from === undefined ? undefined : { path: from, ...(upToStep === undefined ? {} : { upToStep }) },
    threads: args.number('threads', { min: 1, max: 256, integer: true }) ?? threads,
    // The table of commands lets only these names through.
    device: (args.text('device') as AskedDevice | undefined) ?? experiment.training.device,
    launched,
    profileSteps: parseStepRange(args.text('profile-steps')),
    terminal,
  });
  if (isFirst) terminal.result(outcome);
  return outcome.reason === 'stopped' ? 130 : 0;
}

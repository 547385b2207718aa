import { chooseRunDirectory } from '../../training/run/runDirectory.ts';
import { parseArguments } from '../arguments.ts';
import { commands } from '../commandTable.ts';
import { readExperimentFile } from '../experimentFile.ts';
import { chooseSweepDirectory } from '../sweep/sweepDirectory.ts';

export interface ExperimentArguments {
  /** Run or sweep directory of the engine to be started; absent when it will refuse to start a run. */
  directory?: string;
  argumentList: readonly string[];
}

/** Settles the directory of `train`, `sweep` or `ensemble` before the engine starts, so that the launcher knows where to look. */
export async function parseExperimentArguments(engine: readonly string[], nowMs: number): Promise<ExperimentArguments> {
  const [command, ...rest] = engine;
  if (command !== 'train' && command !== 'sweep' && command !== 'ensemble') return { argumentList: engine };
  const args = parseArguments(command, commands[command]!, rest);
  const config = args.operands[0];
  const refused = args.text('from') !== undefined && args.flag('resume');
  if (config === undefined || args.flag('help') || refused) return { argumentList: engine };
  // A config with errors is left to the engine, which names them.
  const { experiment } = await readExperimentFile(config, args.texts('set'));
  if (!experiment) return { argumentList: engine };
  const [choose, option] =
    command === 'train' ? ([chooseRunDirectory, 'run-dir'] as const) : ([chooseSweepDirectory, 'sweep-dir'] as const);
  const given = args.text(option);
  const { directory } = choose(config, experiment.name, given, args.flag('resume'), nowMs);
  return { directory, argumentList: given === undefined ? [...engine, `--${option}`, directory] : engine };
}

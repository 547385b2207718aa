import { chooseRunDirectory } from '../../training/run/runDirectory.ts';
import { parseArguments } from '../arguments.ts';
import { commands } from '../commandTable.ts';
import { readExperimentFile } from '../experimentFile.ts';

export interface ExperimentArguments {
  /** Run directory of the engine to be started; absent when it will refuse to start a run. */
  directory?: string;
  argumentList: readonly string[];
}

/** Settles the run directory of `train` before the engine starts, so that the launcher knows where to look. */
export async function parseExperimentArguments(engine: readonly string[], nowMs: number): Promise<ExperimentArguments> {
  const [command, ...rest] = engine;
  if (command !== 'train') return { argumentList: engine };
  const args = parseArguments(command, commands.train!, rest);
  const config = args.operands[0];
  const refused = args.text('from') !== undefined && args.flag('resume');
  if (config === undefined || args.flag('help') || refused) return { argumentList: engine };
  // A config with errors is left to the engine, which names them.
  const { experiment } = await readExperimentFile(config, args.texts('set'));
  if (!experiment) return { argumentList: engine };
  const { directory } = chooseRunDirectory(config, experiment.name, args.text('run-dir'), args.flag('resume'), nowMs);
  const given = args.text('run-dir') !== undefined;
  return { directory, argumentList: given ? engine : [...engine, '--run-dir', directory] };
}

import { UserError } from '../../shared/problem.ts';

export interface LauncherArguments {
  /** A run that goes on: follow it and start nothing. */
  attach?: string;
  /** Where the engine's output may be kept while it runs. */
  outputFolder?: string;
  /** The engine's own command line. */
  engine: string[];
}

/** `[--output-folder D] (--attach RUN | -- <engine arguments>)` */
export function parseLauncherArguments(argv: readonly string[]): LauncherArguments {
  const result: LauncherArguments = { engine: [] };
  for (let i = 0; i < argv.length; i++) {
    const [name, value] = [argv[i]!, argv[i + 1]];
    if (name === '--') {
      result.engine = argv.slice(i + 1);
      break;
    }
    if (value === undefined) throw new UserError(`launcher: ${name} needs a value`);
    if (name === '--attach') result.attach = value;
    else if (name === '--output-folder') result.outputFolder = value;
    else throw new UserError(`launcher: unknown option ${name}`);
    i++;
  }
  if ((result.attach === undefined) === (result.engine.length === 0))
    throw new UserError('launcher: give either --attach RUN or -- and a command');
  return result;
}

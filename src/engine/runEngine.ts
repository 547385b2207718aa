import { type Problem, UserError } from '../shared/problem.ts';
import { suggestName } from '../shared/suggest.ts';
import { refusalOfSystem } from '../training/fileError.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { commands, renderHelp } from './commandTable.ts';
import type { TerminalControl } from './terminal.ts';
import { engineVersion } from './version.ts';

/** Runs one command line to its exit code: 0 done, 1 user error, 2 bug, 130 stopped. The only place that catches everything. */
export async function runEngine(
  argv: readonly string[],
  terminal: TerminalControl,
  appendLog: (file: string, text: string) => void,
): Promise<number> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    const expected = error instanceof UserError ? error : refusalOfSystem(error);
    if (expected) return showUserError(expected, terminal);
    return showBug(error, terminal, appendLog);
  }
}

async function dispatch(argv: readonly string[], terminal: TerminalControl): Promise<number> {
  const [name, ...rest] = argv;
  const printHelp = (topic?: string) => {
    terminal.print(renderHelp(topic));
    terminal.result({ help: renderHelp(topic) });
  };
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const topic = name === 'help' && rest[0] !== undefined && Object.hasOwn(commands, rest[0]) ? rest[0] : undefined;
    printHelp(topic);
    return name === undefined ? 1 : 0;
  }
  if (name === '--version' || name === '-v') {
    terminal.print(engineVersion());
    terminal.result({ version: engineVersion() });
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(unknownCommand(name));
  const args = parseArguments(name, command, rest);
  if (args.flag('help')) {
    printHelp(name);
    return 0;
  }
  const { run } = await command.load();
  return await run(args, terminal);
}

function unknownCommand(name: string): string {
  if (name.startsWith('-')) return `the command comes first: asr <command> ${name}; see "asr --help"`;
  const close = suggestName(name, Object.keys(commands));
  return `there is no command "${name}"${close ? `; did you mean "${close}"?` : `; known are ${Object.keys(commands).join(', ')}`}`;
}

function showUserError(error: UserError, terminal: TerminalControl): number {
  terminal.progress('');
  for (const problem of error.problems) terminal.report(problem);
  const said = error.problems.some((problem) => problem.message === error.message);
  if (!said) terminal.note(`asr: ${error.message}`);
  if (!terminal.answered) terminal.result(errorDocument(error.message, error.problems));
  return 1;
}

function showBug(error: unknown, terminal: TerminalControl, appendLog: (file: string, text: string) => void): number {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.progress('');
  terminal.note(`asr ${engineVersion()}: this is a bug\n${stack}`);
  if (terminal.logFile !== undefined) {
    try {
      appendLog(terminal.logFile, `${stack}\n`);
      terminal.note(`log: ${terminal.logFile}`);
    } catch {
      // The disk may be what failed; the stack is on the screen.
    }
  }
  const message = error instanceof Error ? error.message : String(error);
  if (!terminal.answered) terminal.result(errorDocument(`bug: ${message}`, []));
  return 2;
}

const errorDocument = (message: string, problems: readonly Problem[]) => ({ error: { message }, problems });

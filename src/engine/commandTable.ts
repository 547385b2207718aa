import { commonOptions } from './arguments.ts';
import type { Command } from './commandRows/commandRow.ts';
import { dataCommands } from './commandRows/dataCommands.ts';
import { modelCommands } from './commandRows/modelCommands.ts';
import { trainingCommands } from './commandRows/trainingCommands.ts';

/** One row per command, in the order of the help. */
export const commands: Readonly<Record<string, Command>> = { ...dataCommands, ...trainingCommands, ...modelCommands };

/** Help of the program, or of one command. */
export function renderHelp(name?: string): string {
  if (name === undefined) {
    const rows = Object.entries(commands).map(([command, { summary }]) => `  ${command.padEnd(12)}${summary}`);
    return [
      'asr trains and runs speech recognisers.',
      '',
      'Usage: asr <command> [options]',
      '',
      ...rows,
      '',
      '"asr <command> --help" shows its options. Exit codes: 0 done, 1 error of the user or the data, 2 bug, 130 stopped.',
    ].join('\n');
  }
  const command = commands[name]!;
  const options = Object.entries({ ...command.options, ...commonOptions }).map(([option, spec]) => {
    const left = `--${option}${spec.value ? ` ${spec.value}` : ''}${spec.repeated ? ' …' : ''}`;
    const choices = spec.choices ? ` (${spec.choices.join(', ')})` : '';
    return `  ${left.padEnd(26)} ${spec.description}${choices}${spec.required ? '; required' : ''}`;
  });
  return [
    `Usage: asr ${[name, ...command.operands].join(' ')} [options]`,
    '',
    `${name} ${command.summary}.`,
    '',
    ...options,
  ].join('\n');
}

/** docs/cli.md: every command with its options, from the table above. */
export function renderCliDocs(): string {
  const sections = Object.entries(commands).map(([name, { document }]) => {
    const rows = Object.entries(document ?? {}).map(([key, what]) => `| \`${key}\` | ${what} |\n`);
    const table = document ? `\nWith \`--json\`, a list of:\n\n| key | what |\n|---|---|\n${rows.join('')}` : '';
    return `## \`asr ${name}\`\n\n\`\`\`\n${renderHelp(name)}\n\`\`\`\n${table}`;
  });
  return [
    '# Command line\n',
    'Rendered from `src/engine/commandRows` by `npm run generate`. `asr` is `dist/engine.js`, run by Node 20 or newer.\n',
    'With `--json` standard output holds exactly one JSON document, `{ "error": { "message" }, "problems" }` when the command fails; everything else goes to standard error. Problems of files read `path:line:col: error CODE: message`. Exit codes: 0 done, 1 error of the user or the data, 2 bug, 130 stopped.\n',
    ...sections,
  ].join('\n');
}

#!/usr/bin/env node
import { UserError } from '../shared/problem.ts';
// Stands between a terminal and the engine: starts it in its own session or attaches to one, shows what it says, and
// passes Ctrl-C on. When the terminal closes only the launcher ends.
import { parseExperimentArguments } from './launch/experimentArguments.ts';
import { attachToRun, followEngine, type Wishes } from './launch/follow.ts';
import { parseLauncherArguments } from './launch/launcherArguments.ts';
import { tailRun } from './launch/runTail.ts';
import { startEngine } from './launch/startEngine.ts';
import { createTerminal } from './terminal.ts';

const wishes: Wishes = { interrupts: 0, detach: false };
process.on('SIGINT', () => {
  wishes.interrupts++;
});
const detach = () => {
  wishes.detach = true;
};
for (const name of ['SIGHUP', 'SIGTERM'] as const) process.on(name, detach);
for (const stream of [process.stdout, process.stderr]) stream.on('error', detach);
// A terminal that closes ends its input; other inputs, such as /dev/null, are at their end from the start.
if (process.stdin.isTTY) process.stdin.on('end', detach).on('error', detach).resume();

const terminal = createTerminal(false, { out: process.stdout, error: process.stdout }, () => performance.now());

async function launch(): Promise<number> {
  const { attach, engine, outputFolder } = parseLauncherArguments(process.argv.slice(2));
  if (attach !== undefined) return attachToRun(attach, wishes, terminal);
  const { directory, argumentList } = await parseExperimentArguments(engine, Date.now());
  const run = directory === undefined ? undefined : tailRun(directory);
  return followEngine((descriptor) => startEngine(argumentList, descriptor), run, wishes, terminal, outputFolder);
}

try {
  process.exit(await launch());
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  terminal.note(`asr: ${error.message}`);
  process.exit(1);
}

import { totalmem } from 'node:os';
import { createInterface } from 'node:readline';
import type { ParsedArguments } from '../arguments.ts';
import { createListener } from '../listen/listener.ts';
import { createModelPool } from '../listen/modelPool.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

/** Answers calls until its input ends; standard output carries the answers alone. */
export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const budgetMb = args.number('memory', { min: 1 });
  const budgetBytes = budgetMb === undefined ? totalmem() / 4 : budgetMb * 2 ** 20;
  const pool = createModelPool({ threads, budgetBytes, report: terminal.report });
  const listener = createListener(pool, (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`));
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') listener.take(line);
  await listener.close();
  return 0;
}

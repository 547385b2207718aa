import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { listRuns } from '../../training/run/runDirectory.ts';
import type { ParsedArguments } from '../arguments.ts';
import { runRow } from '../runRow.ts';
import type { Terminal } from '../terminal.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const given = args.operands[0] ?? '.';
  if (!statSync(given, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${given}: there is no such folder`);
  const inside = join(given, 'runs');
  const place = args.operands[0] === undefined || existsSync(inside) ? (existsSync(inside) ? inside : given) : given;
  const rows = listRuns(place).map(runRow);
  for (const { directory, state, epoch, epochs, step, wer } of rows) {
    const score = wer === null ? '' : `  WER ${(100 * wer).toFixed(1)} %`;
    terminal.print(`${directory}  ${state}  epoch ${epoch}/${epochs ?? '?'}  step ${step}${score}`);
  }
  if (rows.length === 0) terminal.print(`no runs in ${place}`);
  terminal.result(rows);
  return 0;
}

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { createRunModel, type RunModel, reduceAll } from '../../shared/run/runModel.ts';
import { readEvents } from '../../training/run/eventLog.ts';
import { findLockOwner } from '../../training/run/lock.ts';
import { listRuns } from '../../training/run/runDirectory.ts';
import type { ParsedArguments } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const given = args.operands[0] ?? '.';
  if (!statSync(given, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${given}: there is no such folder`);
  const inside = join(given, 'runs');
  const place = args.operands[0] === undefined || existsSync(inside) ? (existsSync(inside) ? inside : given) : given;
  const rows = listRuns(place).map(({ directory, record }) => {
    const model = reduceAll(createRunModel(), readEvents(join(directory, runFiles.events)));
    const owner = findLockOwner(directory);
    return {
      directory,
      name: record.name,
      createdMs: record.createdMs,
      state: stateOf(model, owner !== undefined),
      pid: owner?.pid ?? null,
      epoch: model.epoch + 1,
      epochs: model.started?.epochs ?? null,
      step: model.step,
      totalSteps: model.started?.totalSteps ?? null,
      wer: model.best?.wer ?? null,
      cer: model.best?.cer ?? null,
    };
  });
  for (const row of rows) {
    const score = row.wer === null ? '' : `  WER ${(100 * row.wer).toFixed(1)} %`;
    terminal.print(`${row.directory}  ${row.state}  epoch ${row.epoch}/${row.epochs ?? '?'}  step ${row.step}${score}`);
  }
  if (rows.length === 0) terminal.print(`no runs in ${place}`);
  terminal.result(rows);
  return 0;
}

/** A run whose last event says that it runs, but that no process holds, was killed. */
function stateOf(model: RunModel, held: boolean): string {
  const running = model.state === 'starting' || model.state === 'running' || model.state === 'paused';
  if (running) return held ? model.state : 'interrupted';
  return model.state;
}

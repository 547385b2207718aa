import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProblemFound } from '../shared/run/events.ts';
import { runFiles } from '../shared/run/layout.ts';
import { findLockOwner } from '../training/run/lock.ts';
import { readRunModel } from '../training/run/readRunModel.ts';
import type { listRuns } from '../training/run/runDirectory.ts';
import type { runFields } from './runFields.ts';
import { audioSpeed } from './train/progressText.ts';

/** A field is null where it is not known or does not apply. */
export function runRow({ directory, record }: ReturnType<typeof listRuns>[number]) {
  const model = readRunModel(directory);
  const { started, best, lastProblem } = model;
  const owner = findLockOwner(directory);
  const ended = model.state === 'done' || model.state === 'stopped' || model.state === 'failed';
  return {
    directory,
    name: record.name,
    // A run whose last event says that it runs, but that no process holds, was killed.
    state: ended || owner ? model.state : 'interrupted',
    pid: owner?.pid ?? null,
    device: started?.device ?? null,
    createdMs: record.createdMs,
    startedMs: model.startedMs ?? null,
    updatedMs: model.updatedMs ?? null,
    epoch: model.epoch + 1,
    epochs: started?.epochs ?? null,
    step: model.step,
    totalSteps: started?.totalSteps ?? null,
    loss: model.lastStep?.loss ?? null,
    wer: best?.wer ?? null,
    cer: best?.cer ?? null,
    bestEpoch: best?.epoch === undefined ? null : best.epoch + 1,
    audioSecPerSec: audioSpeed(model) ?? null,
    resumes: model.resumes,
    problems: model.problemCount,
    lastProblem: lastProblem ? describe(lastProblem) : null,
    message: model.message ?? null,
    sweep: record.sweep?.name ?? null,
    trial: record.sweep?.trial ?? null,
    note: existsSync(join(directory, runFiles.note)),
  } satisfies Record<keyof typeof runFields, unknown>;
}

const describe = ({ kind: _, step: _step, timeMs: _timeMs, ...problem }: ProblemFound) => problem;

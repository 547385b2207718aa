import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { makeFolder } from '../../training/fileError.ts';
import type { TrainingProgress } from '../../training/loopTools.ts';
import { ofFirst } from '../../training/ranks.ts';
import { openBatchLog } from '../../training/run/batchLog.ts';
import { neverAsked, watchControl } from '../../training/run/controlFile.ts';
import { findForkSource } from '../../training/run/forkRun.ts';
import { acquireLock } from '../../training/run/lock.ts';
import { chooseRunDirectory } from '../../training/run/runDirectory.ts';
import { checkFits, freshProgress } from '../../training/runState.ts';
import { beginRun, placeLanguageModel } from './beginRun.ts';
import { type JoinedRanks, joinRanks, withReports } from './joinRanks.ts';
import { createSilentLog, openRunLog, type RunLog } from './runLog.ts';
import { trainInside } from './trainInside.ts';
import type { TrainOutcome, TrainRequest } from './trainRequest.ts';

/**
 * One run from configuration to last checkpoint. Everything it takes (lock, workers, files) it gives back. Of several
 * ranks each computes, and only the first writes.
 */
export async function train(asked: TrainRequest): Promise<TrainOutcome> {
  const decoding = placeLanguageModel(asked.experiment.decoding, asked.configFile);
  if (decoding.languageModel !== null && !existsSync(decoding.languageModel))
    throw new UserError(`${asked.configFile}: decoding.languageModel ${decoding.languageModel}: there is no such file`);
  const request = { ...asked, experiment: { ...asked.experiment, decoding } };
  const joined = await joinRanks(request.launched);
  try {
    const outcome = joined.ranks.rank === 0 ? await trainFirst(request, joined) : await trainFurther(request, joined);
    await joined.leave();
    return outcome;
  } finally {
    await joined.client?.dispose();
  }
}

/** A rank that only computes: what it has to say goes to the first. */
async function trainFurther(request: TrainRequest, joined: JoinedRanks): Promise<TrainOutcome> {
  const { terminal } = request;
  // The first rank hears such a signal too and decides; without it the launcher ends this one.
  const ignored = () => void terminal.onInterrupt(ignored);
  ignored();
  const directory = await ofFirst<string>(joined.ranks, '');
  const log = createSilentLog();
  const cleanup: (() => unknown)[] = [];
  const ranks = withReports(joined.ranks, log.take, log.report);
  const quiet = { ...terminal, progress: () => undefined };
  const progress = freshProgress();
  const inside = { directory, again: false, control: neverAsked, progress, log, cleanup, ranks, client: joined.client };
  try {
    return await trainInside({ ...request, terminal: quiet }, inside);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`rank ${joined.ranks.rank}: ${error.message}`, error.problems);
  } finally {
    for (const undo of cleanup.reverse()) await undo();
  }
}

async function trainFirst(request: TrainRequest, joined: JoinedRanks): Promise<TrainOutcome> {
  const { experiment, configFile, terminal } = request;
  const source = request.from && (await findForkSource(request.from.path, request.from.upToStep));
  if (source) checkFits(source.checkpoint.state.experiment, experiment, source.checkpoint.tensors.model);
  const place = chooseRunDirectory(configFile, experiment.name, request.runDirectory, request.resume, Date.now());
  const { directory } = place;
  makeFolder(directory, 'run directory');
  const lock = acquireLock(directory);
  const cleanup: (() => unknown)[] = [() => lock.release()];
  try {
    await beginRun(place, request, source);
    const control = watchControl(directory);
    cleanup.push(
      () => control.dispose(),
      terminal.onInterrupt(() => control.request('stop')),
    );
    const progress = freshProgress();
    const log = openRunLog(directory, terminal, {
      step: () => progress.step,
      isToStop: () => control.stopRequested,
    });
    cleanup.push(() => log.close());
    const batches = openBatchLog(join(directory, runFiles.batches), (message) =>
      log.report({ code: 'batches', severity: 'warning', message }),
    );
    cleanup.push(() => batches.close());
    for (const message of source?.rejected ?? []) log.report({ code: 'checkpoint', severity: 'warning', message });
    await ofFirst(joined.ranks, directory);
    const ranks = withReports(joined.ranks, () => [], log.report);
    const { client } = joined;
    const again = place.exists || source !== undefined;
    return await followed(log, progress, () =>
      trainInside(request, { directory, again, control, progress, log, batches, cleanup, ranks, client }),
    );
  } finally {
    for (const undo of cleanup.reverse()) await undo();
  }
}

/** Writes the last event, whichever way the run ends. */
async function followed(
  log: RunLog,
  progress: TrainingProgress,
  work: () => Promise<TrainOutcome>,
): Promise<TrainOutcome> {
  const startMs = performance.now();
  const finish = (end: { reason: 'done' | 'stopped' | 'failed'; message?: string }) =>
    log.emit({
      kind: 'finished',
      step: progress.step,
      timeMs: Date.now(),
      ...end,
      durationMs: performance.now() - startMs,
    });
  try {
    const outcome = await work();
    finish({ reason: outcome.reason, ...(outcome.hopeless === undefined ? {} : { message: outcome.hopeless }) });
    return outcome;
  } catch (error) {
    finish({ reason: 'failed', message: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

import { join } from 'node:path';
import { layoutParameters } from '../../nn/models/index.ts';
import type { ParameterLayout } from '../../nn/parameterLayout.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { loadBatches } from '../../training/data/batchLoader.ts';
import { createFeaturePool, type FeaturePool } from '../../training/data/featurePool.ts';
import { noiseChooser } from '../../training/data/noiseSet.ts';
import { evaluateBatches } from '../../training/evaluate.ts';
import type { Executor } from '../../training/executor.ts';
import { makeFolder } from '../../training/fileError.ts';
import { createGuards } from '../../training/guards.ts';
import { trainingLoop } from '../../training/loop.ts';
import type { LoopEvent, LoopTools, TrainingProgress } from '../../training/loopTools.ts';
import { ofFirst, type Ranks } from '../../training/ranks.ts';
import { type BatchLog, openBatchLog } from '../../training/run/batchLog.ts';
import { clearLeftovers } from '../../training/run/checkpoints.ts';
import { type Control, neverAsked, watchControl } from '../../training/run/controlFile.ts';
import { readEpochWeights } from '../../training/run/epochWeights.ts';
import { findForkSource } from '../../training/run/forkRun.ts';
import { acquireLock } from '../../training/run/lock.ts';
import { writeReplay } from '../../training/run/replay.ts';
import { chooseRunDirectory } from '../../training/run/runDirectory.ts';
import { createSaver, noSaver, type Saver } from '../../training/run/saver.ts';
import { checkFits, freshProgress, type RunState, readStatistics } from '../../training/runState.ts';
import { snapshotOf } from '../../training/snapshotTensors.ts';
import type { StepProfiler } from '../../training/stepProfiler.ts';
import { createLoader, loadTrainingData, type TrainingData } from '../../training/trainingData.ts';
import { type AskedDevice, chooseDevice } from '../devices/chooseDevice.ts';
import { batchesPerRun } from '../ort/protocol.ts';
import type { OrtClient } from '../ortClient.ts';
import { createOrtExecutor } from '../ortExecutor.ts';
import type { LaunchedRank } from '../parallel/launchedRanks.ts';
import { createStepProfiler, type StepProfilerParts } from '../profile/stepProfiler.ts';
import type { StepRange } from '../profile/stepRange.ts';
import { countShapes } from '../resources/countShapes.ts';
import { startResourceSampler } from '../resources/resourceSampler.ts';
import type { Terminal } from '../terminal.ts';
import { coresOfRank } from '../threads.ts';
import { trainingSetup } from '../trainingSetup.ts';
import { workerFile } from '../workerFiles.ts';
import { beginRun } from './beginRun.ts';
import { checkSameData, type JoinedRanks, joinRanks, sharedCheckpoint, withReports } from './joinRanks.ts';
import { chosenBatches, explainMemory, planMemory, renderMemory } from './memoryPlan.ts';
import { renderPercent } from './progressText.ts';
import { createSilentLog, openRunLog, type RunLog } from './runLog.ts';
import { describeStart, findCheckpoint, precisionProblem, prepareState, renderStart } from './runStart.ts';

export interface TrainRequest {
  experiment: Experiment;
  configFile: string;
  runDirectory: string | undefined;
  resume: boolean;
  /** A run or checkpoint that a new run goes on from, at this step or before. */
  from: { path: string; upToStep?: number } | undefined;
  threads: number | 'auto';
  device: AskedDevice;
  /** Of several processes that train together. */
  launched: LaunchedRank | undefined;
  /** Steps to profile unasked. */
  profileSteps: StepRange | undefined;
  terminal: Terminal;
  /** Between two samples of memory and devices, where the usual time does not suit. */
  sampleEveryMs?: number;
}

export interface TrainOutcome {
  runDirectory: string;
  reason: 'done' | 'stopped';
  steps: number;
  wer: number | null;
  cer: number | null;
}

/**
 * One run from configuration to last checkpoint. Everything it takes (lock, workers, files) it gives back. Of several
 * ranks each computes, and only the first writes.
 */
export async function train(request: TrainRequest): Promise<TrainOutcome> {
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

interface Inside {
  directory: string;
  /** The run was started before, with or without reaching a checkpoint. */
  again: boolean;
  control: Control;
  /** Filled from the checkpoint, if there is one; the loop moves it on. */
  progress: TrainingProgress;
  log: RunLog;
  /** Of the first rank. */
  batches?: BatchLog;
  cleanup: (() => unknown)[];
  ranks: Ranks;
  client: OrtClient | undefined;
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
    finish({ reason: outcome.reason });
    return outcome;
  } catch (error) {
    finish({ reason: 'failed', message: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

async function trainInside(request: TrainRequest, inside: Inside): Promise<TrainOutcome> {
  const { experiment, configFile } = request;
  const { directory, again, control, progress, log, cleanup, ranks, client } = inside;
  const { features, augment, seed } = experiment;
  const threads = request.threads === 'auto' ? await coresOfRank(ranks) : request.threads;
  const checkpoint = await sharedCheckpoint(ranks, () => findCheckpoint(directory, experiment, log));
  log.note(`run ${directory}`);
  const chosen = await chooseDevice(request.device, experiment, ranks.count);
  const pool = createFeaturePool(workerFile('feature'), featureThreads(threads), { spec: features, augment, seed });
  cleanup.push(() => pool.dispose());
  request.terminal.progress('reading the headers of the recordings');
  const data = await loadTrainingData(experiment, configFile, pool, {
    savedVocabulary: checkpoint?.state.vocabulary,
    ranks: ranks.count,
    batchesTogether: batchesPerRun[chosen.device],
    ...(await chosenBatches(experiment, chosen.device, checkpoint?.state, ranks)),
  });
  await checkSameData(ranks, data);
  request.terminal.progress('measuring the features of the training set');
  const prepare = () => prepareState({ experiment, threads }, data, checkpoint, pool, log);
  const state = await ofFirst(ranks, ranks.rank === 0 ? await prepare() : undefined);
  if (!state) throw new Error('rank 0 sent no state');
  Object.assign(progress, state.progress);
  state.progress = progress;
  const problems = [...data.train.problems, ...data.dev.problems, ...data.noise.problems];
  if (ranks.rank === 0) for (const problem of problems) log.report(problem);

  const opened = await createOrtExecutor(trainingSetup(experiment, data.spec, threads, chosen.device), client);
  const counted = countShapes(opened);
  const explained = explainMemory(counted, experiment, data);
  // The process that talks to the other ranks outlives the run.
  if (!client) cleanup.push(() => explained.dispose());
  const layout = layoutParameters(data.spec);
  const emit = (event: LoopEvent) => log.emit({ ...event, step: progress.step, timeMs: Date.now() } as EngineEvent);
  const range = ranks.rank === 0 ? request.profileSteps : undefined;
  const device = { executor: opened, device: chosen.device };
  const profiler = openProfiler({ directory, ...device, pool, control, range, log, emit });
  const executor = profiler.watch(explained);
  if (checkpoint) {
    await executor.restore(snapshotOf(layout, checkpoint.tensors));
    await ranks.gather('restored');
    if (ranks.rank === 0) await clearLeftovers(join(directory, runFiles.checkpoints));
  }
  if (again) {
    emit({ kind: 'resumed', epoch: progress.epoch });
    log.note(`goes on at step ${progress.step}, epoch ${progress.epoch + 1}`);
  }
  const memory = chosen.device === 'cpu' ? planMemory(experiment, data) : undefined;
  emit(describeStart(experiment, data, { parameters: layout.total, threads, memory, ...chosen }));
  log.note(renderStart(experiment, data, layout.total, threads, ranks.count));
  log.note(`on ${chosen.device}: ${chosen.reason}`);
  if (memory) log.note(renderMemory(experiment, data, memory));
  const slow = precisionProblem(experiment, chosen.device);
  if (slow) log.report(slow);
  if (ranks.rank === 0) {
    const { usage: graphUsage, shapeCount } = counted;
    const sampler = startResourceSampler(
      { graphUsage, shapeCount, position: () => progress, emit },
      request.sampleEveryMs,
    );
    cleanup.push(() => sampler.dispose());
  }
  const saver = ranks.rank === 0 ? openSaver({ directory, layout, executor, state, log, experiment }) : noSaver;
  const reason = await trainingLoop(
    loopTools({ ...inside, request, layout, data, state, pool, executor, saver, profiler, emit }),
  ).catch(async (error: unknown) => {
    // The lock must outlive a checkpoint that is being written, and the event of the end comes after the checkpoint's.
    await saver.finish().catch(() => undefined);
    throw error;
  });
  await profiler.finish();
  await saver.finish();
  return concluded(directory, progress, reason, log);
}

function concluded(
  runDirectory: string,
  progress: TrainingProgress,
  reason: TrainOutcome['reason'],
  log: RunLog,
): TrainOutcome {
  const best = log.model.best;
  const from = best?.epoch === undefined ? 'average' : `epoch ${best.epoch + 1}`;
  if (best) log.note(`best: ${from}, WER ${renderPercent(best.wer)}, CER ${renderPercent(best.cer)}`);
  log.note(reason === 'stopped' ? `stopped at step ${progress.step}; go on with --resume` : `done: ${runDirectory}`);
  return { runDirectory, reason, steps: progress.step, wer: best?.wer ?? null, cer: best?.cer ?? null };
}

interface ProfilerParts extends Pick<StepProfilerParts, 'executor' | 'device' | 'pool' | 'range' | 'emit'> {
  directory: string;
  control: Control;
  log: RunLog;
}

const openProfiler = ({ directory, control, log, ...parts }: ProfilerParts) =>
  createStepProfiler({
    ...parts,
    runDirectory: directory,
    isAsked: () => control.takeProfileRequest(),
    report: (problem) => log.report(problem),
  });

interface SaverParts {
  directory: string;
  layout: ParameterLayout;
  executor: Executor;
  state: RunState;
  log: RunLog;
  experiment: Experiment;
}

function openSaver({ directory, layout, executor, state, log, experiment }: SaverParts): Saver {
  return createSaver<RunState>({
    runDirectory: directory,
    layout,
    executor,
    keepEarlier: experiment.training.keepCheckpoints,
    stateNow: () => state,
    nowMs: () => performance.now(),
    saved: ({ modelHash: _, ...saved }) => log.emit({ kind: 'checkpoint', timeMs: Date.now(), ...saved }),
    failed: (message) => log.report({ code: 'checkpoint', severity: 'error', message }),
    persist: (write) => log.disk.persist(write),
  });
}

/** Feature workers compete with the graph for cores; one keeps two graph threads busy many times over. */
const featureThreads = (threads: number) => Math.min(4, Math.max(1, Math.floor(threads / 2)));

interface Parts extends Pick<Inside, 'directory' | 'control' | 'log' | 'batches' | 'ranks'> {
  request: TrainRequest;
  data: TrainingData;
  state: RunState;
  pool: FeaturePool;
  executor: Executor;
  saver: Saver;
  profiler: StepProfiler;
  emit(event: LoopEvent): void;
  layout: ParameterLayout;
}

function loopTools(parts: Parts): LoopTools {
  const { request, data, state, pool, executor, saver, profiler, control, log, batches, emit, ranks } = parts;
  const { experiment } = request;
  const statistics = readStatistics(state.statistics);
  const report = (problem: Problem) => log.report(problem);
  const trainLoader = {
    ...createLoader(experiment, data.train.examples, pool, statistics, report),
    noiseFor: noiseChooser(experiment, data.noise.clips),
  };
  const devLoader = createLoader(experiment, data.dev.examples, pool, statistics, report);
  return {
    experiment,
    progress: state.progress,
    totalSteps: data.totalSteps,
    executor,
    planEpoch: (epoch) => data.planner.planEpoch(epoch),
    loadTrain: (plan, order, epoch) => loadBatches(trainLoader, plan, order, epoch),
    evaluate: async () =>
      data.devPlan.length === 0 || ranks.rank > 0
        ? undefined
        : evaluateBatches(
            loadBatches(devLoader, data.devPlan, data.devPlan.keys(), null),
            data.tokenizer.vocabulary,
            (batch) => executor.evaluate(batch),
            () => control.stopRequested,
          ),
    save(names, more) {
      batches?.flush();
      return saver.save(names, more);
    },
    recordBatch: (batch) => batches?.write(batch),
    guards: createGuards(experiment, data.totalSteps, state.progress.guards),
    ...weightKeeping(parts),
    profiler,
    settled: () => log.disk.settled(),
    control,
    ranks,
    emit,
    nowMs: () => performance.now(),
  };
}

/** What the loop asks of the run directory beside checkpoints. */
function weightKeeping({ directory, layout, executor, state, log, ranks }: Parts) {
  const attempt = async <T>(code: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      log.report({ code, severity: 'warning', message: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  };
  return {
    readEpoch: (epoch: number) => attempt('checkpoint', () => readEpochWeights(directory, layout, epoch)),
    saveReplay: async (...[batches, options, result]: Parameters<LoopTools['saveReplay']>) =>
      ranks.rank > 0
        ? undefined
        : attempt('replay', async () =>
            writeReplay(directory, { layout, state, batches, options, result, snapshot: await executor.snapshot() }),
          ),
  };
}

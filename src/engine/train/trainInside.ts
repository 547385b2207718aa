import { join } from 'node:path';
import { layoutParameters } from '../../nn/models/index.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { createFeaturePool } from '../../training/data/featurePool.ts';
import { trainingLoop } from '../../training/loop.ts';
import type { LoopEvent, TrainingProgress } from '../../training/loopTools.ts';
import { ofFirst } from '../../training/ranks.ts';
import { clearLeftovers } from '../../training/run/checkpoints.ts';
import { noSaver } from '../../training/run/saver.ts';
import { snapshotOf } from '../../training/snapshotTensors.ts';
import { loadTrainingData } from '../../training/trainingData.ts';
import { type ChosenDevice, chooseDevice } from '../devices/chooseDevice.ts';
import { batchesPerRun } from '../ort/protocol.ts';
import type { OrtClient } from '../ortClient.ts';
import { createOrtExecutor } from '../ortExecutor.ts';
import { createStepProfiler } from '../profile/stepProfiler.ts';
import { countShapes } from '../resources/countShapes.ts';
import { startResourceSampler } from '../resources/resourceSampler.ts';
import { coresOfRank } from '../threads.ts';
import { trainingSetup } from '../trainingSetup.ts';
import { workerFile } from '../workerFiles.ts';
import { checkSameData, sharedCheckpoint } from './joinRanks.ts';
import { chosenBatches, explainMemory, planMemory, renderMemory } from './memoryPlan.ts';
import { renderPercent } from './progressText.ts';
import type { RunLog } from './runLog.ts';
import { loopTools, openDevBeam, openSaver, type RunParts } from './runParts.ts';
import { describeStart, findCheckpoint, precisionProblem, prepareState, renderStart } from './runStart.ts';
import type { TrainOutcome, TrainRequest } from './trainRequest.ts';

export interface Inside extends Pick<RunParts, 'directory' | 'control' | 'log' | 'batches' | 'ranks'> {
  /** The run was started before, with or without reaching a checkpoint, or goes on from another. */
  again: boolean;
  /** Filled from the checkpoint, if there is one; the loop moves it on. */
  progress: TrainingProgress;
  cleanup: (() => unknown)[];
  client: OrtClient | undefined;
}

/** One run of this rank, from the data to the last checkpoint. What it takes is given back by `cleanup`. */
export async function trainInside(request: TrainRequest, inside: Inside): Promise<TrainOutcome> {
  const { experiment, configFile } = request;
  const { directory, control, progress, log, cleanup, ranks, client } = inside;
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
  let hopeless: string | undefined;
  const emit = (event: LoopEvent) => {
    log.emit({ ...event, step: progress.step, timeMs: Date.now() } as EngineEvent);
    if (event.kind !== 'evaluated') return;
    hopeless = request.whyHopeless?.(log.model);
    if (hopeless !== undefined) control.request('stop');
  };
  const range = ranks.rank === 0 ? request.profileSteps : undefined;
  const device = { executor: opened, device: chosen.device };
  const profiler = createStepProfiler({
    ...{ runDirectory: directory, ...device, pool, range, emit },
    isAsked: () => control.takeProfileRequest(),
    report: (problem) => log.report(problem),
  });
  const executor = profiler.watch(explained);
  if (checkpoint) {
    await executor.restore(snapshotOf(layout, checkpoint.tensors));
    await ranks.gather('restored');
    if (ranks.rank === 0) await clearLeftovers(join(directory, runFiles.checkpoints));
  }
  sayStart(request, inside, { data, chosen, threads, parameters: layout.total, emit });
  if (ranks.rank === 0) {
    const { usage: graphUsage, shapeCount } = counted;
    const sampled = { graphUsage, shapeCount, position: () => progress, emit };
    const sampler = startResourceSampler(sampled, request.sampleEveryMs);
    cleanup.push(() => sampler.dispose());
  }
  const saver = ranks.rank === 0 ? openSaver({ directory, layout, executor, state, log, request }) : noSaver;
  const parts = { ...inside, request, layout, data, state, pool, executor, saver, profiler, emit };
  const reason = await trainingLoop(loopTools(parts, await openDevBeam(parts))).catch(async (error: unknown) => {
    // The lock must outlive a checkpoint that is being written, and the event of the end comes after the checkpoint's.
    await saver.finish().catch(() => undefined);
    throw error;
  });
  await profiler.finish();
  await saver.finish();
  return { ...concluded(directory, progress, reason, log), ...(hopeless === undefined ? {} : { hopeless }) };
}

interface StartParts extends Pick<RunParts, 'data' | 'emit'> {
  chosen: ChosenDevice;
  threads: number;
  parameters: number;
}

/** What begins, for the events, the log and the terminal. */
function sayStart(
  { experiment }: TrainRequest,
  inside: Inside,
  { data, chosen, threads, parameters, emit }: StartParts,
): void {
  const { again, progress, log, ranks } = inside;
  if (again) {
    emit({ kind: 'resumed', epoch: progress.epoch });
    log.note(`goes on at step ${progress.step}, epoch ${progress.epoch + 1}`);
  }
  const memory = chosen.device === 'cpu' ? planMemory(experiment, data) : undefined;
  emit(describeStart(experiment, data, { parameters, threads, memory, ...chosen }));
  log.note(renderStart(experiment, data, parameters, threads, ranks.count));
  log.note(`on ${chosen.device}: ${chosen.reason}`);
  if (memory) log.note(renderMemory(experiment, data, memory));
  const slow = precisionProblem(experiment, chosen.device);
  if (slow) log.report(slow);
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

/** Feature workers compete with the graph for cores; one keeps two graph threads busy many times over. */
const featureThreads = (threads: number) => Math.min(4, Math.max(1, Math.floor(threads / 2)));

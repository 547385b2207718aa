import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { featureBins } from '../../shared/config/derived.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { Problem } from '../../shared/problem.ts';
import { runFiles } from '../../shared/run/layout.ts';
import type { FeaturePool } from '../../training/data/featurePool.ts';
import { measureStatistics } from '../../training/data/statistics.ts';
import type { LoopEvent } from '../../training/loopTools.ts';
import { type Checkpoint, findNewestCheckpoint } from '../../training/run/checkpoints.ts';
import { hashContent } from '../../training/run/durableFiles.ts';
import {
  changedParts,
  checkFits,
  freshProgress,
  type RunState,
  restoredProgress,
  type StoredStatistics,
  storeStatistics,
} from '../../training/runState.ts';
import type { TrainingData } from '../../training/trainingData.ts';
import type { ChosenDevice } from '../devices/chooseDevice.ts';
import { engineVersion } from '../version.ts';
import type { MemoryPlan } from './memoryPlan.ts';
import { renderDuration } from './progressText.ts';
import type { RunLog } from './runLog.ts';

/** The checkpoint to go on from; damaged ones are reported and passed over, one of another model is a UserError. */
export async function findCheckpoint(
  directory: string,
  experiment: Experiment,
  log: RunLog,
): Promise<Checkpoint<RunState> | undefined> {
  const checkpoints = join(directory, runFiles.checkpoints);
  if (!existsSync(checkpoints)) return undefined;
  const { checkpoint, rejected } = await findNewestCheckpoint<RunState>(checkpoints);
  for (const message of rejected) log.report({ code: 'checkpoint', severity: 'warning', message });
  if (checkpoint) checkFits(checkpoint.state.experiment, experiment, checkpoint.tensors.model);
  if (checkpoint && rejected.length > 0) log.note(`going on from ${checkpoint.directory}, step ${checkpoint.step}`);
  return checkpoint;
}

/** Where the run stands: as the checkpoint says, or at the start with freshly measured statistics. */
export async function prepareState(
  { experiment, threads }: { experiment: Experiment; threads: number },
  data: TrainingData,
  checkpoint: Checkpoint<RunState> | undefined,
  pool: FeaturePool,
  log: RunLog,
): Promise<RunState> {
  const identity = {
    experiment,
    vocabulary: [...data.tokenizer.vocabulary],
    configHash: hashContent(JSON.stringify(experiment)),
    manifestHash: data.manifestHash,
    engine: engineVersion(),
    threads,
    batchSeconds: data.batchSeconds,
  };
  if (checkpoint) {
    const saved = checkpoint.state;
    for (const problem of differences(saved, identity)) log.report(problem);
    return { ...identity, progress: restoredProgress(saved.progress), statistics: saved.statistics };
  }
  return { ...identity, progress: freshProgress(), statistics: await measureTrainingSet(experiment, data, pool) };
}

/** Statistics for global normalisation; null where there is none. */
export async function measureTrainingSet(
  { features, seed }: Experiment,
  { train }: TrainingData,
  pool: FeaturePool,
): Promise<StoredStatistics | null> {
  if (features.normalization !== 'global') return null;
  const rules = { bins: featureBins(features), sampleRateHz: features.sampleRateHz, seed };
  return storeStatistics(await measureStatistics(train.examples, rules, pool));
}

/** What makes a resumed run differ from one that was never interrupted. */
function differences(saved: RunState, now: Omit<RunState, 'progress' | 'statistics'>): Problem[] {
  const warn = (message: string): Problem => ({ code: 'resume-changed', severity: 'warning', message });
  const problems: Problem[] = [];
  const parts = changedParts(saved.experiment, now.experiment);
  if (parts.length > 0)
    problems.push(warn(`${parts.join(', ')} of the config changed since the checkpoint; the new values count`));
  if (saved.manifestHash !== now.manifestHash) problems.push(warn('the manifests changed since the checkpoint'));
  if (saved.threads !== now.threads)
    problems.push(
      warn(
        `${saved.threads} threads before, ${now.threads} now: sums are rounded differently, so weights will differ in the last digits`,
      ),
    );
  if (saved.engine !== now.engine)
    problems.push(warn(`the checkpoint is of engine ${saved.engine}, this is ${now.engine}`));
  return problems;
}

/** What a run should know of its precision on the device that it got. */
export function precisionProblem({ training }: Experiment, device: string): Problem | undefined {
  if (training.precision === 'fp32' || device !== 'cpu') return undefined;
  const message =
    'training.precision fp16 on the CPU: its arithmetic is float32 with conversions, so it is no faster and takes no less memory';
  return { code: 'amp-cpu', severity: 'warning', message };
}

export interface StartFacts extends ChosenDevice {
  parameters: number;
  threads: number;
  /** Of the graph process; not known on a GPU. */
  memory: MemoryPlan | undefined;
}

export function describeStart(
  experiment: Experiment,
  { train, dev, totalSteps }: TrainingData,
  { device, reason, parameters, threads, memory }: StartFacts,
): LoopEvent {
  return {
    kind: 'started',
    epochs: experiment.training.epochs,
    totalSteps,
    parameters,
    device,
    deviceReason: reason,
    threads,
    trainUtterances: train.examples.length,
    trainSec: train.totalSec,
    devUtterances: dev.examples.length,
    skippedUtterances: train.skipped + dev.skipped,
    ...(train.excluded + dev.excluded > 0 ? { excludedUtterances: train.excluded + dev.excluded } : {}),
    clipNorm: experiment.optimizer.clipNorm ?? 0,
    ...(memory
      ? {
          peakMemoryBytes: Math.round(memory.peakBytes),
          largestBatch: { utterances: memory.shape.rows, frames: memory.shape.frames },
        }
      : {}),
  };
}

/** `844 utterances, 38 min; 104 for dev; 3.7 M parameters; 40 epochs, 2480 steps; 2 threads` */
export function renderStart(
  { training }: Experiment,
  { train, dev, totalSteps }: TrainingData,
  parameters: number,
  threads: number,
  ranks: number,
) {
  const skipped = train.skipped + dev.skipped;
  const excluded = train.excluded + dev.excluded;
  return [
    `${train.examples.length} utterances, ${renderDuration(1000 * train.totalSec)}`,
    `${dev.examples.length} for dev`,
    ...(skipped > 0 ? [`${skipped} left out`] : []),
    ...(excluded > 0 ? [`${excluded} excluded`] : []),
    `${(parameters / 1e6).toFixed(2)} M parameters`,
    `${training.epochs} epochs, ${totalSteps} steps`,
    ...(ranks > 1 ? [`${ranks} ranks`] : []),
    `${threads} ${threads === 1 ? 'thread' : 'threads'}${ranks > 1 ? ' each' : ''}`,
  ].join('; ');
}

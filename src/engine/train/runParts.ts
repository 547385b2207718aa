import type { ParameterLayout } from '../../nn/parameterLayout.ts';
import type { Problem } from '../../shared/problem.ts';
import { loadBatches } from '../../training/data/batchLoader.ts';
import type { FeaturePool } from '../../training/data/featurePool.ts';
import { noiseChooser } from '../../training/data/noiseSet.ts';
import { evaluateBatches } from '../../training/evaluate.ts';
import type { Executor } from '../../training/executor.ts';
import { createGuards } from '../../training/guards.ts';
import type { LoopEvent, LoopTools } from '../../training/loopTools.ts';
import type { Ranks } from '../../training/ranks.ts';
import type { BatchLog } from '../../training/run/batchLog.ts';
import type { Control } from '../../training/run/controlFile.ts';
import { readEpochWeights } from '../../training/run/epochWeights.ts';
import { writeReplay } from '../../training/run/replay.ts';
import { createSaver, type Saver } from '../../training/run/saver.ts';
import { type RunState, readStatistics } from '../../training/runState.ts';
import type { StepProfiler } from '../../training/stepProfiler.ts';
import { createLoader, type TrainingData } from '../../training/trainingData.ts';
import { type BeamDecoder, openBeam, withBeam } from '../model/beamDecoder.ts';
import type { RunLog } from './runLog.ts';
import type { TrainRequest } from './trainRequest.ts';

/** What a run has opened by the time its loop begins. */
export interface RunParts {
  request: TrainRequest;
  directory: string;
  control: Control;
  log: RunLog;
  /** Of the first rank. */
  batches?: BatchLog;
  ranks: Ranks;
  data: TrainingData;
  state: RunState;
  pool: FeaturePool;
  executor: Executor;
  saver: Saver;
  profiler: StepProfiler;
  emit(event: LoopEvent): void;
  layout: ParameterLayout;
}

/** What the training loop works with; `beam` reads the dev set, where decoding.type is beam. */
export function loopTools(parts: RunParts, beam: BeamDecoder | undefined): LoopTools {
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
            withBeam((batch) => executor.evaluate(batch), beam),
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
function weightKeeping({ directory, layout, executor, state, log, ranks }: RunParts) {
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

/** What reads the dev set, which the first rank scores. */
export async function openDevBeam({ request, data, ranks, log }: RunParts): Promise<BeamDecoder | undefined> {
  if (ranks.rank > 0) return undefined;
  return openBeam(request.experiment, data.tokenizer.vocabulary, (problem) => log.report(problem));
}

type SaverParts = Pick<RunParts, 'request' | 'directory' | 'layout' | 'executor' | 'state' | 'log'>;

export function openSaver({ request, directory, layout, executor, state, log }: SaverParts): Saver {
  return createSaver<RunState>({
    runDirectory: directory,
    layout,
    executor,
    keepEarlier: request.experiment.training.keepCheckpoints,
    stateNow: () => state,
    nowMs: () => performance.now(),
    saved: ({ modelHash: _, ...saved }) => log.emit({ kind: 'checkpoint', timeMs: Date.now(), ...saved }),
    failed: (message) => log.report({ code: 'checkpoint', severity: 'error', message }),
    persist: (write) => log.disk.persist(write),
  });
}

import type { PlateauState } from '../nn/schedules.ts';
import type { Experiment } from '../shared/config/schema.ts';
import type { StepBatch } from '../shared/run/batchLines.ts';
import type { EngineEvent } from '../shared/run/events.ts';
import type { KeptEpoch } from './averaging.ts';
import type { LoadedBatch } from './data/batchLoader.ts';
import type { PlannedBatch } from './data/batchPlan.ts';
import type { Scores } from './evaluate.ts';
import type { Executor, ModelVectors, StepOptions, StepResult, TrainingBatch } from './executor.ts';
import type { GuardMemory, Guards } from './guards.ts';
import type { Ranks } from './ranks.ts';
import type { Control } from './run/controlFile.ts';
import type { SaveOptions } from './run/saver.ts';
import type { StepProfiler } from './stepProfiler.ts';

/** Where a run stands; saved with every checkpoint. The next step is batch `cursor` of epoch `epoch`. */
export interface TrainingProgress {
  step: number;
  /** From 0. */
  epoch: number;
  /** Batches of this epoch already taken. */
  cursor: number;
  /** Training loss summed over this epoch's utterances so far. */
  epochLoss: number;
  epochUtterances: number;
  /** Dev WER, or training loss where there is no dev set; lower is better. */
  best: number | null;
  /** Loss of the best epoch: decides between epochs of one WER, as all are while nothing is recognised yet. */
  bestLoss: number | null;
  epochsSinceBest: number;
  /** Of the schedule plateau. */
  plateau: PlateauState;
  /** Epochs whose weights are on disk, to be averaged. */
  kept: KeptEpoch[];
  /** Epochs that were over when the average was made; null before. */
  averagedEpoch: number | null;
  guards: GuardMemory;
}

export type LoopEvent = DistributiveOmit<EngineEvent, 'timeMs' | 'step'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export type CheckpointName = 'last' | 'best' | 'averaged';

/** What the loop works with; it makes nothing itself. */
export interface LoopTools {
  experiment: Pick<Experiment, 'seed' | 'features' | 'optimizer' | 'schedule' | 'training'>;
  progress: TrainingProgress;
  totalSteps: number;
  executor: Executor;
  planEpoch(epoch: number): PlannedBatch[];
  /** The batches of a plan at these places. */
  loadTrain(plan: readonly PlannedBatch[], order: readonly number[], epoch: number): AsyncGenerator<LoadedBatch>;
  /** Undefined when there is no dev set or the run is to stop, and on every rank but the first. */
  evaluate(): Promise<Scores | undefined>;
  /** Takes the weights now and writes them in the background; throws when an earlier one failed. */
  save(names: readonly CheckpointName[], more?: SaveOptions): Promise<void>;
  /** Resolves when the disk takes what the run writes, or the run is to stop; throws when it never will. */
  settled(): Promise<void>;
  /** Weights kept after an epoch; undefined, and reported, when they cannot be read. */
  readEpoch(epoch: number): Promise<ModelVectors | undefined>;
  /** Keeps a step that was not finite, to be run again; where it is, in the run directory. */
  saveReplay(batches: readonly TrainingBatch[], options: StepOptions, result: StepResult): Promise<string | undefined>;
  guards: Guards;
  profiler: StepProfiler;
  /** Only what rank 0 is asked counts. */
  control: Control;
  ranks: Ranks;
  emit(event: LoopEvent): void;
  /** Keeps which utterances a step took. */
  recordBatch(batch: StepBatch): void;
  /** Monotonic. */
  nowMs(): number;
}

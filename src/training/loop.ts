import { learningRateAt, type PlateauState, updatePlateau } from '../nn/schedules.ts';
import type { Experiment } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import type { EngineEvent } from '../shared/run/events.ts';
import type { LoadedBatch } from './data/batchLoader.ts';
import type { PlannedBatch } from './data/batchPlan.ts';
import type { Scores } from './evaluate.ts';
import type { Executor, StepResult, TrainingBatch } from './executor.ts';
import { lossScaleProblem, overflowed } from './lossScaleGuard.ts';
import type { Control } from './run/controlFile.ts';

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
}

export type LoopEvent = DistributiveOmit<EngineEvent, 'timeMs' | 'step'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What the loop works with; it makes nothing itself. */
export interface LoopTools {
  experiment: Pick<Experiment, 'seed' | 'optimizer' | 'schedule' | 'training'>;
  progress: TrainingProgress;
  totalSteps: number;
  executor: Executor;
  planEpoch(epoch: number): PlannedBatch[];
  loadTrain(plan: readonly PlannedBatch[], start: number, epoch: number): AsyncIterable<LoadedBatch>;
  /** Undefined when there is no dev set or the run is to stop. */
  evaluate(): Promise<Scores | undefined>;
  /** Takes the weights now and writes them in the background; throws when an earlier one failed. */
  save(names: readonly ('last' | 'best')[]): Promise<void>;
  control: Control;
  emit(event: LoopEvent): void;
  /** Monotonic. */
  nowMs(): number;
}

/** So many batches in a row without a finite loss mean that the run is lost. */
const nonFiniteLimit = 10;

/** Trains from `progress` to the last epoch; the outcome is in `progress`, the events and the checkpoints. */
export async function trainingLoop(tools: LoopTools): Promise<'done' | 'stopped'> {
  const { progress, control, experiment } = tools;
  const { epochs, accumulate, earlyStopEpochs, checkpointEverySec } = experiment.training;
  let savedMs = tools.nowMs();
  let nonFinite = 0;
  const save = async (names: readonly ('last' | 'best')[]) => {
    await tools.save(names);
    savedMs = tools.nowMs();
  };
  while (progress.epoch < epochs && !(earlyStopEpochs > 0 && progress.epochsSinceBest >= earlyStopEpochs)) {
    const plan = tools.planEpoch(progress.epoch);
    let waitFromMs = tools.nowMs();
    for await (const group of inGroups(tools.loadTrain(plan, progress.cursor, progress.epoch), accumulate)) {
      if (group.batches.length > 0) {
        const updated = await trainStep(tools, group, rateNow(tools, plan.length), waitFromMs);
        nonFinite = updated ? 0 : nonFinite + 1;
        if (nonFinite >= nonFiniteLimit) throw lost(group);
      }
      progress.cursor = group.end;
      if (control.paused) await pause(tools);
      if (control.stopRequested) break;
      if (control.takeCheckpointRequest() || tools.nowMs() - savedMs > checkpointEverySec * 1000) await save(['last']);
      waitFromMs = tools.nowMs();
    }
    const ended = !control.stopRequested && (await finishEpoch(tools));
    await save(ended === 'best' ? ['last', 'best'] : ['last']);
    if (control.stopRequested) return 'stopped';
  }
  return 'done';
}

interface Group {
  batches: TrainingBatch[];
  loaded: LoadedBatch[];
  /** Cursor after this group. */
  end: number;
}

async function* inGroups(batches: AsyncIterable<LoadedBatch>, size: number): AsyncGenerator<Group> {
  let loaded: LoadedBatch[] = [];
  const group = () => ({
    loaded,
    batches: loaded.map(({ batch }) => batch).filter((batch) => batch !== undefined),
    end: loaded.at(-1)!.index + 1,
  });
  for await (const batch of batches) {
    loaded.push(batch);
    if (loaded.length < size) continue;
    yield group();
    loaded = [];
  }
  if (loaded.length > 0) yield group();
}

/** Of the step at the cursor, in an epoch of so many batches. */
function rateNow({ progress, experiment, totalSteps }: LoopTools, batches: number): number {
  const { accumulate } = experiment.training;
  return learningRateAt(experiment.schedule, experiment.optimizer, {
    step: progress.step,
    totalSteps,
    epoch: progress.epoch,
    epochShare: Math.floor(progress.cursor / accumulate) / Math.ceil(batches / accumulate),
    reductions: progress.plateau.reductions,
  });
}

/** One optimizer step and its event; false when nothing was updated for another reason than the loss scale's search. */
async function trainStep(tools: LoopTools, group: Group, learningRate: number, waitFromMs: number): Promise<boolean> {
  const { progress, experiment } = tools;
  const startMs = tools.nowMs();
  const result = await tools.executor.step(group.batches, { learningRate, seed: experiment.seed, step: progress.step });
  progress.step++;
  const utterances = group.batches.flatMap(({ ids }) => ids);
  const scale = result.lossScale === undefined ? {} : { lossScale: result.lossScale };
  if (!result.updated) {
    const reason = overflowed(result) ? 'overflow' : 'nonFinite';
    const skipped = { epoch: progress.epoch, reason, utterances: suspects(utterances, result) } as const;
    tools.emit({ kind: 'batchSkipped', ...skipped, ...scale });
    const problem = lossScaleProblem(result);
    if (problem) tools.emit({ kind: 'problem', ...problem });
    return reason === 'overflow';
  }
  progress.epochLoss += result.loss * utterances.length;
  progress.epochUtterances += utterances.length;
  tools.emit({
    kind: 'step',
    epoch: progress.epoch,
    loss: result.loss,
    learningRate,
    gradientNorm: result.gradientNorm,
    ...scale,
    audioSec: sum(group.loaded.map(({ audioSec }) => audioSec)),
    durationMs: tools.nowMs() - waitFromMs,
    waitMs: startMs - waitFromMs,
    paddingShare: sum(group.loaded.map(({ paddingShare }) => paddingShare)) / group.loaded.length,
    utterances: utterances.length,
  });
  return true;
}

/** The utterances whose own loss is not finite, or all when only the gradient is not. */
function suspects(utterances: string[], result: StepResult): string[] {
  const own = utterances.filter((_, i) => !Number.isFinite(result.utteranceLosses[i]));
  return own.length > 0 ? own : utterances;
}

/** Scores the epoch and moves on to the next; false when the run is to stop before the score is known. */
async function finishEpoch(tools: LoopTools): Promise<'best' | 'ended' | false> {
  const { progress } = tools;
  const startMs = tools.nowMs();
  const scores = await tools.evaluate();
  if (tools.control.stopRequested && !scores) return false;
  const trainLoss = progress.epochLoss / Math.max(1, progress.epochUtterances);
  const [metric, loss] = scores ? [scores.wer, scores.loss] : [trainLoss, trainLoss];
  const best =
    progress.best === null ||
    metric < progress.best ||
    (metric === progress.best && loss < (progress.bestLoss ?? loss));
  if (scores) tools.emit({ kind: 'evaluated', ...reportOf(tools, scores), best, durationMs: tools.nowMs() - startMs });
  if (best) Object.assign(progress, { best: metric, bestLoss: Number.isFinite(loss) ? loss : null });
  progress.epochsSinceBest = best ? 0 : progress.epochsSinceBest + 1;
  const { schedule, optimizer } = tools.experiment;
  if (schedule.type === 'plateau') progress.plateau = updatePlateau(schedule, optimizer, progress.plateau, metric);
  progress.epoch++;
  progress.cursor = 0;
  progress.epochLoss = 0;
  progress.epochUtterances = 0;
  return best ? 'best' : 'ended';
}

const sampleCount = 8;

function reportOf(tools: LoopTools, scores: Scores) {
  // The same few utterances each time, spread over short and long ones, so that a reader sees them improve.
  const ordered = [...scores.utterances].sort((a, b) => (a.example.key < b.example.key ? -1 : 1));
  const stride = Math.max(1, Math.floor(ordered.length / sampleCount));
  const samples = ordered
    .filter((_, i) => i % stride === 0)
    .slice(0, sampleCount)
    .map(({ example, hypothesis }) => ({ audioFilepath: example.audioFilepath, reference: example.text, hypothesis }));
  const { wer, cer } = scores;
  return { epoch: tools.progress.epoch, wer, cer, loss: Number.isFinite(scores.loss) ? scores.loss : 0, samples };
}

async function pause(tools: LoopTools): Promise<void> {
  tools.emit({ kind: 'paused', paused: true });
  await tools.control.whilePaused();
  tools.emit({ kind: 'paused', paused: false });
}

function lost(group: Group): UserError {
  const names = group.batches.flatMap(({ ids }) => ids).slice(0, 5);
  return new UserError(
    `the loss was not finite in ${nonFiniteLimit} batches in a row, the last with ${names.join(', ')}; ` +
      'lower optimizer.learningRate, set optimizer.clipNorm, or look at these recordings',
  );
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

import { learningRateAt, type PlateauState, updatePlateau } from '../nn/schedules.ts';
import type { Experiment } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import type { EngineEvent } from '../shared/run/events.ts';
import type { LoadedBatch } from './data/batchLoader.ts';
import type { PlannedBatch } from './data/batchPlan.ts';
import { dealGroups } from './data/dealGroups.ts';
import type { Scores } from './evaluate.ts';
import type { Executor, StepResult, TrainingBatch } from './executor.ts';
import { lossScaleProblem, overflowed } from './lossScaleGuard.ts';
import { ofFirst, type Ranks } from './ranks.ts';
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
  /** The batches of a plan at these places. */
  loadTrain(plan: readonly PlannedBatch[], order: readonly number[], epoch: number): AsyncGenerator<LoadedBatch>;
  /** Undefined when there is no dev set or the run is to stop, and on every rank but the first. */
  evaluate(): Promise<Scores | undefined>;
  /** Takes the weights now and writes them in the background; throws when an earlier one failed. */
  save(names: readonly ('last' | 'best')[]): Promise<void>;
  /** Only what rank 0 is asked counts. */
  control: Control;
  ranks: Ranks;
  emit(event: LoopEvent): void;
  /** Monotonic. */
  nowMs(): number;
}

/** So many batches in a row without a finite loss mean that the run is lost. */
const nonFiniteLimit = 10;

/** Trains from `progress` to the last epoch; the outcome is in `progress`, the events and the checkpoints. */
export async function trainingLoop(tools: LoopTools): Promise<'done' | 'stopped'> {
  const { progress, control, experiment } = tools;
  const { epochs, earlyStopEpochs, checkpointEverySec } = experiment.training;
  let savedMs = tools.nowMs();
  let nonFinite = 0;
  const save = async (names: readonly ('last' | 'best')[]) => {
    await tools.save(names);
    savedMs = tools.nowMs();
  };
  const isToStop = () => ofFirst(tools.ranks, control.stopRequested);
  while (progress.epoch < epochs && !(earlyStopEpochs > 0 && progress.epochsSinceBest >= earlyStopEpochs)) {
    const plan = tools.planEpoch(progress.epoch);
    let waitFromMs = tools.nowMs();
    let stopping = false;
    for await (const group of inGroups(tools, plan)) {
      if (group.batches.length > 0 || tools.ranks.count > 1) {
        const updated = await trainStep(tools, group, rateNow(tools, plan.length), waitFromMs);
        nonFinite = updated ? 0 : nonFinite + 1;
        if (nonFinite >= nonFiniteLimit) throw lost(group);
      }
      progress.cursor = group.end;
      if (control.paused) await pause(tools);
      stopping = await isToStop();
      if (stopping) break;
      if (control.takeCheckpointRequest() || tools.nowMs() - savedMs > checkpointEverySec * 1000) await save(['last']);
      waitFromMs = tools.nowMs();
    }
    const ended = !stopping && (await finishEpoch(tools));
    await save(ended === 'best' ? ['last', 'best'] : ['last']);
    if (await isToStop()) return 'stopped';
  }
  return 'done';
}

/** What this rank loaded for one step. */
interface Group {
  batches: TrainingBatch[];
  loaded: LoadedBatch[];
  /** Cursor after this group. */
  end: number;
}

/** The steps of the rest of an epoch. */
async function* inGroups(tools: LoopTools, plan: readonly PlannedBatch[]): AsyncGenerator<Group> {
  const { progress, ranks, experiment } = tools;
  const groups = dealGroups(plan.length, progress.cursor, experiment.training.accumulate, ranks);
  const own = groups.flatMap((group) => group.own);
  const source = tools.loadTrain(plan, own, progress.epoch);
  try {
    for (const group of groups) {
      const loaded: LoadedBatch[] = [];
      for (let i = 0; i < group.own.length; i++) loaded.push((await source.next()).value as LoadedBatch);
      const batches = loaded.map(({ batch }) => batch).filter((batch) => batch !== undefined);
      yield { loaded, batches, end: group.end };
    }
  } finally {
    await source.return(undefined);
  }
}

/** Of the step at the cursor, in an epoch of so many batches. */
function rateNow({ progress, experiment, totalSteps, ranks }: LoopTools, batches: number): number {
  const perStep = experiment.training.accumulate * ranks.count;
  return learningRateAt(experiment.schedule, experiment.optimizer, {
    step: progress.step,
    totalSteps,
    epoch: progress.epoch,
    epochShare: Math.floor(progress.cursor / perStep) / Math.ceil(batches / perStep),
    reductions: progress.plateau.reductions,
  });
}

/** One optimizer step and its event; false when nothing was updated for another reason than the loss scale's search. */
async function trainStep(tools: LoopTools, group: Group, learningRate: number, waitFromMs: number): Promise<boolean> {
  const { progress, experiment } = tools;
  const startMs = tools.nowMs();
  const result = await tools.executor.step(group.batches, { learningRate, seed: experiment.seed, step: progress.step });
  const own = group.batches.flatMap(({ ids }) => ids);
  const utterances = result.utterances ?? own.length;
  // None of the recordings could be read, by any rank.
  if (utterances === 0) return true;
  progress.step++;
  const scale = result.lossScale === undefined ? {} : { lossScale: result.lossScale };
  if (!result.updated) {
    const reason = overflowed(result) ? 'overflow' : 'nonFinite';
    const skipped = { epoch: progress.epoch, reason, utterances: await suspects(tools, own, result) } as const;
    tools.emit({ kind: 'batchSkipped', ...skipped, ...scale });
    const problem = lossScaleProblem(result);
    if (problem) tools.emit({ kind: 'problem', ...problem });
    return reason === 'overflow';
  }
  progress.epochLoss += result.loss * utterances;
  progress.epochUtterances += utterances;
  const loaded = group.loaded.map(({ audioSec, paddingShare }) => ({ audioSec, paddingShare }));
  const all = (await tools.ranks.gather(loaded)).flat();
  tools.emit({
    kind: 'step',
    epoch: progress.epoch,
    loss: result.loss,
    learningRate,
    gradientNorm: result.gradientNorm,
    ...scale,
    audioSec: sum(all.map(({ audioSec }) => audioSec)),
    durationMs: tools.nowMs() - waitFromMs,
    waitMs: startMs - waitFromMs,
    paddingShare: sum(all.map(({ paddingShare }) => paddingShare)) / all.length,
    utterances,
  });
  return true;
}

/** The utterances of all ranks whose own loss is not finite, or all when only the gradient is not. */
async function suspects({ ranks }: LoopTools, own: string[], result: StepResult): Promise<string[]> {
  const bad = own.filter((_, i) => !Number.isFinite(result.utteranceLosses[i]));
  const all = await ranks.gather({ own, bad });
  const found = all.flatMap((each) => each.bad);
  return found.length > 0 ? found : all.flatMap((each) => each.own);
}

/** Scores the epoch and moves on to the next; false when the run is to stop before the score is known. */
async function finishEpoch(tools: LoopTools): Promise<'best' | 'ended' | false> {
  const { progress } = tools;
  const startMs = tools.nowMs();
  const scores = await tools.evaluate();
  const summary = scores && { wer: scores.wer, loss: scores.loss };
  const decided = await ofFirst(tools.ranks, { summary, stop: tools.control.stopRequested });
  if (decided.stop && !decided.summary) return false;
  const trainLoss = progress.epochLoss / Math.max(1, progress.epochUtterances);
  const [metric, loss] = decided.summary ? [decided.summary.wer, decided.summary.loss] : [trainLoss, trainLoss];
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

import { learningRateAt } from '../nn/schedules.ts';
import { UserError } from '../shared/problem.ts';
import { averageEpochs } from './averageEpochs.ts';
import type { LoadedBatch } from './data/batchLoader.ts';
import type { PlannedBatch } from './data/batchPlan.ts';
import { dealGroups } from './data/dealGroups.ts';
import { finishEpoch } from './epochEnd.ts';
import type { StepOptions, StepResult, TrainingBatch } from './executor.ts';
import type { GuardFinding } from './guards.ts';
import type { CheckpointName, LoopTools } from './loopTools.ts';
import { lossScaleProblem, overflowed } from './lossScaleGuard.ts';
import { ofFirst } from './ranks.ts';
import type { SaveOptions } from './run/saver.ts';
import { measureUtterances, shareGradient, suspects } from './stepBatch.ts';

/** So many batches in a row without a finite loss mean that the run is lost. */
const nonFiniteLimit = 10;

/** Trains from `progress` to the last epoch; the outcome is in `progress`, the events and the checkpoints. */
export async function trainingLoop(tools: LoopTools): Promise<'done' | 'stopped'> {
  const { progress, control, experiment } = tools;
  const { epochs, earlyStopEpochs, checkpointEverySec } = experiment.training;
  let savedMs = tools.nowMs();
  let nonFinite = 0;
  const save = async (names: readonly CheckpointName[], more?: SaveOptions) => {
    await tools.save(names, more);
    savedMs = tools.nowMs();
  };
  const isToStop = () => ofFirst(tools.ranks, control.stopRequested);
  while (progress.epoch < epochs && !(earlyStopEpochs > 0 && progress.epochsSinceBest >= earlyStopEpochs)) {
    const plan = tools.planEpoch(progress.epoch);
    if (progress.cursor === 0)
      warn(tools, tools.guards.epochBegins(progress.epoch, rateAt(tools, progress, plan.length)));
    await tools.profiler.stepBegins(progress.step + 1);
    let waitFromMs = tools.nowMs();
    let stopping = false;
    for await (const run of inRuns(inGroups(tools, plan), tools.executor.batchesPerRun)) {
      for (const { group, result, ...facts } of await runSteps(tools, run, plan.length, waitFromMs)) {
        if (result) {
          const updated = await reportStep(tools, group, result, facts);
          nonFinite = updated ? 0 : nonFinite + 1;
          if (nonFinite >= nonFiniteLimit) throw lost(group);
        }
        progress.cursor = group.end;
      }
      await tools.profiler.stepsEnded(progress.step);
      if (control.paused) await pause(tools);
      await tools.settled();
      stopping = await isToStop();
      if (stopping) break;
      if (control.takeCheckpointRequest() || tools.nowMs() - savedMs > checkpointEverySec * 1000) await save(['last']);
      await tools.profiler.stepBegins(progress.step + 1);
      waitFromMs = tools.nowMs();
    }
    const ended = !stopping && (await finishEpoch(tools));
    const { averageLast, averageBest } = experiment.training;
    const keep = ended && averageLast + averageBest > 0 ? { keep: progress.kept.map(({ epoch }) => epoch) } : undefined;
    await save(ended === 'best' ? ['last', 'best'] : ['last'], keep);
    if (await isToStop()) return 'stopped';
  }
  if (!(await averageEpochs(tools))) return 'stopped';
  warn(tools, tools.guards.trainingEnds(progress.epoch));
  return 'done';
}

function warn({ emit, progress }: LoopTools, findings: readonly GuardFinding[], replay?: string): void {
  for (const finding of findings)
    emit({ kind: 'guard', epoch: progress.epoch, ...finding, ...(replay === undefined ? {} : { replay }) });
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

/** As many steps as a device takes in one run. */
async function* inRuns(groups: AsyncIterable<Group>, size: number): AsyncGenerator<Group[]> {
  let run: Group[] = [];
  for await (const group of groups) {
    run.push(group);
    if (run.length < size) continue;
    yield run;
    run = [];
  }
  if (run.length > 0) yield run;
}

/** Of a step at a cursor, in an epoch of so many batches. */
function rateAt(
  { progress, experiment, totalSteps, ranks }: LoopTools,
  { step, cursor }: { step: number; cursor: number },
  batches: number,
): number {
  const perStep = experiment.training.accumulate * ranks.count;
  return learningRateAt(experiment.schedule, experiment.optimizer, {
    step,
    totalSteps,
    epoch: progress.epoch,
    epochShare: Math.floor(cursor / perStep) / Math.ceil(batches / perStep),
    reductions: progress.plateau.reductions,
  });
}

interface StepFacts {
  options: StepOptions;
  /** Of each step of a run alike. */
  durationMs: number;
  waitMs: number;
}

interface RunStep extends StepFacts {
  group: Group;
  /** Undefined where no recording of the step could be read. */
  result: StepResult | undefined;
}

/** The steps of one run, one after another on the device. */
async function runSteps(tools: LoopTools, run: Group[], batches: number, waitFromMs: number): Promise<RunStep[]> {
  const { progress, experiment, executor, ranks } = tools;
  const startMs = tools.nowMs();
  let { step, cursor } = progress;
  const planned = run.map((group) => {
    const options = { learningRate: rateAt(tools, { step, cursor }, batches), seed: experiment.seed, step };
    const runs = group.batches.length > 0 || ranks.count > 1;
    if (runs) step++;
    cursor = group.end;
    return { group, options, request: runs ? { batches: group.batches, options } : undefined };
  });
  const requests = planned.flatMap(({ request }) => request ?? []);
  const results =
    requests.length === 1
      ? [await executor.step(requests[0]!.batches, requests[0]!.options)]
      : await executor.steps(requests);
  const perStep = Math.max(1, requests.length);
  const durationMs = (tools.nowMs() - waitFromMs) / perStep;
  const waitMs = (startMs - waitFromMs) / perStep;
  return planned.map(({ group, options, request }) => {
    return { group, options, durationMs, waitMs, result: request && results.shift() };
  });
}

/** The event of one optimizer step; false when nothing was updated for another reason than the loss scale's search. */
async function reportStep(tools: LoopTools, group: Group, result: StepResult, facts: StepFacts): Promise<boolean> {
  const { progress } = tools;
  const utterances = result.utterances ?? sum(group.batches.map(({ batch }) => batch));
  // None of the recordings could be read, by any rank.
  if (utterances === 0) return true;
  progress.step++;
  const { sampleRateHz } = tools.experiment.features;
  const all = await tools.ranks.gather({
    loaded: group.loaded.map(({ audioSec, paddingShare }) => ({ audioSec, paddingShare })),
    utterances: measureUtterances(group.loaded, result, sampleRateHz),
  });
  const batch = shareGradient(all.flatMap((each) => each.utterances));
  tools.recordBatch({ step: progress.step, epoch: progress.epoch, utterances: batch });
  const scale = result.lossScale === undefined ? {} : { lossScale: result.lossScale };
  const parts = result.components ? { components: result.components } : {};
  if (!result.updated) {
    const reason = overflowed(result) ? 'overflow' : 'nonFinite';
    const skipped = { epoch: progress.epoch, reason, utterances: suspects(batch) } as const;
    tools.emit({ kind: 'batchSkipped', ...skipped, ...scale });
    const problem = lossScaleProblem(result);
    if (problem) tools.emit({ kind: 'problem', ...problem });
    if (reason === 'nonFinite') {
      const findings = tools.guards.nonFinite(skipped.utterances);
      warn(
        tools,
        findings,
        findings.length > 0 ? await tools.saveReplay(group.batches, facts.options, result) : undefined,
      );
    }
    return reason === 'overflow';
  }
  progress.epochLoss += result.loss * utterances;
  progress.epochUtterances += utterances;
  const loaded = all.flatMap((each) => each.loaded);
  tools.emit({
    kind: 'step',
    epoch: progress.epoch,
    loss: result.loss,
    learningRate: facts.options.learningRate,
    gradientNorm: result.gradientNorm,
    ...scale,
    ...parts,
    audioSec: sum(loaded.map(({ audioSec }) => audioSec)),
    durationMs: facts.durationMs,
    waitMs: facts.waitMs,
    ...result.timings,
    featureMs: sum(group.loaded.map(({ featureMs }) => featureMs)),
    queue: group.loaded[0]?.queue ?? 0,
    paddingShare: sum(loaded.map(({ paddingShare }) => paddingShare)) / loaded.length,
    utterances,
  });
  warn(tools, tools.guards.stepDone({ gradientNorm: result.gradientNorm, loss: result.loss, utterances: batch }));
  return true;
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

import type {
  Averaged,
  BatchSkipped,
  CheckpointSaved,
  EngineEvent,
  Evaluated,
  GradientNorms,
  GuardRaised,
  ProblemFound,
  Started,
  StepDone,
} from './events.ts';

/** Mean values of the steps firstStep…lastStep; one step, until the series grows long. */
export interface SeriesPoint {
  firstStep: number;
  lastStep: number;
  steps: number;
  loss: number;
  learningRate: number;
  gradientNorm: number;
  durationMs: number;
  waitMs: number;
  paddingShare: number;
  audioSec: number;
}

/** All that a status bar, a panel or a terminal shows of a run; plain data, so it crosses to a webview as it is. */
export interface RunModel {
  state: 'starting' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';
  message?: string;
  started?: Started;
  epoch: number;
  step: number;
  startedMs?: number;
  updatedMs?: number;
  lastStep?: StepDone;
  /** Steps up to the last checkpoint, halved in resolution whenever they pass the limit. */
  history: SeriesPoint[];
  /** Steps after the last checkpoint, one point each, since a resume may supersede them. */
  recent: SeriesPoint[];
  evaluations: Evaluated[];
  best?: Best;
  averaged?: Averaged;
  /** Latest summary. */
  gradientNorms?: GradientNorms;
  /** Guards that were raised, latest last. */
  guards: GuardRaised[];
  checkpoint?: CheckpointSaved;
  skipped: BatchSkipped[];
  skippedCount: number;
  problems: ProblemFound[];
  problemCount: number;
  resumes: number;
}

/** Where the best checkpoint is from; `epoch` is absent when it is an average of epochs. */
export interface Best {
  step: number;
  epoch?: number;
  wer: number;
  cer: number;
}

const historyLimit = 1024;
const listLimit = 200;

export function createRunModel(): RunModel {
  return {
    state: 'starting',
    epoch: 0,
    step: 0,
    history: [],
    recent: [],
    evaluations: [],
    guards: [],
    skipped: [],
    skippedCount: 0,
    problems: [],
    problemCount: 0,
    resumes: 0,
  };
}

/** The model after one more event; the old model is left as it was. Live following and replay are this one function. */
export function reduce(model: RunModel, event: EngineEvent): RunModel {
  return reduceAll(model, [event]);
}

/** The same for many events, copying once. */
export function reduceAll(model: RunModel, events: readonly EngineEvent[]): RunModel {
  if (events.length === 0) return model;
  const next: RunModel = {
    ...model,
    history: [...model.history],
    recent: [...model.recent],
    evaluations: [...model.evaluations],
    skipped: [...model.skipped],
    guards: [...model.guards],
    problems: [...model.problems],
  };
  for (const event of events) apply(next, event);
  return next;
}

function apply(model: RunModel, event: EngineEvent): void {
  model.updatedMs = event.timeMs;
  switch (event.kind) {
    case 'started':
      model.started = event;
      model.startedMs ??= event.timeMs;
      model.state = 'running';
      delete model.message;
      break;
    case 'resumed':
      supersede(model, event.step);
      model.epoch = event.epoch;
      model.resumes++;
      model.state = 'running';
      delete model.message;
      break;
    case 'problem':
      model.problemCount++;
      if (model.problems.length < listLimit) model.problems.push(event);
      break;
    case 'step':
      model.state = 'running';
      model.step = event.step;
      model.epoch = event.epoch;
      model.lastStep = event;
      model.recent.push(pointOf(event));
      break;
    case 'batchSkipped':
      model.step = event.step;
      model.epoch = event.epoch;
      model.skippedCount++;
      model.skipped.push(event);
      if (model.skipped.length > listLimit) model.skipped.shift();
      break;
    case 'evaluated':
      model.evaluations = model.evaluations.filter((other) => other.epoch !== event.epoch);
      model.evaluations.push(event);
      chooseBest(model);
      break;
    case 'averaged':
      model.averaged = event;
      chooseBest(model);
      break;
    case 'gradientNorms':
      model.gradientNorms = event;
      break;
    case 'guard':
      model.guards.push(event);
      if (model.guards.length > listLimit) model.guards.shift();
      break;
    case 'checkpoint':
      model.checkpoint = event;
      settle(model, event.step);
      break;
    case 'paused':
      model.state = event.paused ? 'paused' : 'running';
      break;
    case 'finished':
      model.state = event.reason;
      if (event.message !== undefined) model.message = event.message;
      break;
  }
}

/** Drops what a run did after the checkpoint it went on from, so that each step counts once. */
function supersede(model: RunModel, step: number): void {
  model.step = step;
  model.recent = model.recent.filter((point) => point.lastStep <= step);
  model.history = model.history.filter((point) => point.lastStep <= step);
  model.evaluations = model.evaluations.filter((evaluation) => evaluation.step <= step);
  const kept = model.skipped.filter((event) => event.step <= step);
  model.skippedCount -= model.skipped.length - kept.length;
  model.skipped = kept;
  model.guards = model.guards.filter((event) => event.step <= step);
  if (model.averaged && model.averaged.step > step) delete model.averaged;
  if (model.gradientNorms && model.gradientNorms.step > step) delete model.gradientNorms;
  if (model.lastStep && model.lastStep.step > step) delete model.lastStep;
  chooseBest(model);
}

function chooseBest(model: RunModel): void {
  const evaluated = model.evaluations.findLast(({ best }) => best);
  const { averaged } = model;
  const { wer, cer } = averaged?.best ? averaged : { wer: null, cer: null };
  const averageIsLater = averaged !== undefined && averaged.step >= (evaluated?.step ?? 0);
  if (averageIsLater && wer !== null && cer !== null) model.best = { step: averaged.step, wer, cer };
  else if (evaluated) model.best = evaluated;
  else delete model.best;
}

/** Steps before a checkpoint can no longer be superseded, so they may be merged. */
function settle(model: RunModel, step: number): void {
  model.history.push(...model.recent.filter((point) => point.lastStep <= step));
  model.recent = model.recent.filter((point) => point.lastStep > step);
  while (model.history.length > historyLimit) model.history = halve(model.history);
}

function halve(points: SeriesPoint[]): SeriesPoint[] {
  const merged: SeriesPoint[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const second = points[i + 1];
    merged.push(second ? mergePoints(points[i]!, second) : points[i]!);
  }
  return merged;
}

function mergePoints(a: SeriesPoint, b: SeriesPoint): SeriesPoint {
  const steps = a.steps + b.steps;
  const mean = (x: number, y: number) => (x * a.steps + y * b.steps) / steps;
  return {
    firstStep: a.firstStep,
    lastStep: b.lastStep,
    steps,
    loss: mean(a.loss, b.loss),
    learningRate: mean(a.learningRate, b.learningRate),
    gradientNorm: mean(a.gradientNorm, b.gradientNorm),
    durationMs: mean(a.durationMs, b.durationMs),
    waitMs: mean(a.waitMs, b.waitMs),
    paddingShare: mean(a.paddingShare, b.paddingShare),
    audioSec: mean(a.audioSec, b.audioSec),
  };
}

function pointOf(event: StepDone): SeriesPoint {
  const { step, loss, learningRate, gradientNorm, durationMs, waitMs, paddingShare, audioSec } = event;
  return {
    firstStep: step,
    lastStep: step,
    steps: 1,
    loss,
    learningRate,
    gradientNorm,
    durationMs,
    waitMs,
    paddingShare,
    audioSec,
  };
}

import type {
  Averaged,
  BatchSkipped,
  CheckpointSaved,
  EngineEvent,
  Evaluated,
  GradientNorms,
  GuardRaised,
  Paused,
  ProblemFound,
  Profiled,
  Started,
  StepDone,
} from './events.ts';
import { addSample, type ResourcePoint } from './resourceSeries.ts';
import { halve, pointOf, type SeriesPoint } from './stepSeries.ts';

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
  /** Summaries of the epochs, latest last. */
  gradientNorms: GradientNorms[];
  /** Guards that were raised, latest last. */
  guards: GuardRaised[];
  checkpoint?: CheckpointSaved;
  /** How often and how long training has stood still for checkpoints, superseded ones included. */
  checkpointCount: number;
  checkpointPauseMs: number;
  /** Since when and why the run is paused. */
  pause?: Paused;
  /** What the run and its machine took, thinned when it grows long. */
  resources: ResourcePoint[];
  profiles: Profiled[];
  skipped: BatchSkipped[];
  skippedCount: number;
  problems: ProblemFound[];
  lastProblem?: ProblemFound;
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
    gradientNorms: [],
    guards: [],
    checkpointCount: 0,
    checkpointPauseMs: 0,
    resources: [],
    profiles: [],
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
    gradientNorms: [...model.gradientNorms],
    resources: [...model.resources],
    profiles: [...model.profiles],
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
      delete model.pause;
      break;
    case 'resumed':
      supersede(model, event.step);
      model.epoch = event.epoch;
      model.resumes++;
      model.state = 'running';
      delete model.message;
      break;
    case 'step':
      // The step that was being computed when the disk filled up is told of while the run waits.
      model.state = model.pause ? 'paused' : 'running';
      model.step = event.step;
      model.epoch = event.epoch;
      model.lastStep = event;
      model.recent.push(pointOf(event));
      break;
    case 'batchSkipped':
      model.step = event.step;
      model.epoch = event.epoch;
      model.skippedCount++;
      pushLimited(model.skipped, event);
      break;
    case 'evaluated':
      model.evaluations = model.evaluations.filter((other) => other.epoch !== event.epoch);
      model.evaluations.push(event);
      thinEvaluations(model);
      chooseBest(model);
      break;
    case 'paused':
      // A disk that fills up during the user's pause, and space that returns, leave it a pause.
      if (event.reason === 'disk' && model.pause && model.pause.reason !== 'disk') break;
      model.state = event.paused ? 'paused' : 'running';
      if (event.paused) model.pause = event;
      else delete model.pause;
      break;
    case 'finished':
      model.state = event.reason;
      if (event.message !== undefined) model.message = event.message;
      break;
    default:
      note(model, event);
  }
}

type Noted = Exclude<
  EngineEvent,
  { kind: 'started' | 'resumed' | 'step' | 'batchSkipped' | 'evaluated' | 'paused' | 'finished' }
>;

/** Events that leave the state of the run as it is. */
function note(model: RunModel, event: Noted): void {
  switch (event.kind) {
    case 'problem':
      model.problemCount++;
      model.lastProblem = event;
      if (model.problems.length < listLimit) model.problems.push(event);
      break;
    case 'averaged':
      model.averaged = event;
      chooseBest(model);
      break;
    case 'gradientNorms':
      pushLimited(model.gradientNorms, event);
      break;
    case 'guard':
      pushLimited(model.guards, event);
      break;
    case 'checkpoint':
      model.checkpoint = event;
      // A save under a second name has no pause of its own.
      if (event.pauseMs !== undefined) model.checkpointCount++;
      model.checkpointPauseMs += event.pauseMs ?? 0;
      settle(model, event.step);
      break;
    case 'resources':
      model.resources = addSample(model.resources, event);
      break;
    case 'profiled':
      pushLimited(model.profiles, event);
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
  model.gradientNorms = model.gradientNorms.filter((event) => event.step <= step);
  model.profiles = model.profiles.filter((event) => event.step <= step);
  if (model.averaged && model.averaged.step > step) delete model.averaged;
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

function pushLimited<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > listLimit) list.shift();
}

/** Sample transcripts are kept of so many latest evaluations, of the first, and of the best; scores of all. */
const sampledEvaluations = 40;
const evaluationLimit = 2000;

function thinEvaluations(model: RunModel): void {
  const old = model.evaluations.length - 1 - sampledEvaluations;
  const event = old > 0 ? model.evaluations[old]! : undefined;
  const shown = event && (event.epoch === model.best?.epoch || event.samples.length === 0);
  if (event && !shown) model.evaluations[old] = { ...event, samples: [] };
  if (model.evaluations.length > evaluationLimit)
    model.evaluations = model.evaluations.filter((each, i) => i % 2 === 0 || each.best || i > evaluationLimit - 10);
}

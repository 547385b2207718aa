import { cycleAt, cycleEndsAround } from '../shared/config/restartCycles.ts';
import type { Experiment } from '../shared/config/schema.ts';
import type { GuardCode, GuardRaised } from '../shared/run/events.ts';
import { type NormSummary, percentile, summarizeNorms } from './gradientNorms.ts';
import { comparedSteps, type DoneStep, leadingUtterances, spikeMeasure, spikeOver } from './lossSpike.ts';

/** What the guards remember; saved with every checkpoint, so that a resumed run warns as an uninterrupted one. */
export interface GuardMemory {
  /** Latest gradient norms before clipping, oldest first. */
  norms: number[];
  /** How many of them no summary has told of yet. */
  newNorms: number;
  /** How large the losses of the latest steps were, as `spikeMeasure` has it, oldest first. */
  losses: number[];
  /** Codes that were raised, each with the sound steps since; a code is raised once per episode. */
  raised: Partial<Record<GuardCode, number>>;
  /** Utterances evaluated to nothing in a row, after the warm-up. */
  blankUtterances: number;
  firstEpochLoss: number | null;
  lowestEpochLoss: number | null;
  risingEpochs: number;
}

export type GuardFinding = Pick<GuardRaised, 'code' | 'severity' | 'message' | 'remedy'> & { utterances?: string[] };

/** Watches a run for what makes it fail in silence. Pure: it is told of events and answers with findings. */
export interface Guards {
  epochBegins(epoch: number, learningRate: number): GuardFinding[];
  /** Of every step that was made. */
  stepDone(step: DoneStep): GuardFinding[];
  /** Of a step that was not, since its loss or gradient is not finite. */
  nonFinite(utterances: string[]): GuardFinding[];
  epochEnded(epoch: EndedEpoch): GuardFinding[];
  /** The run is over after so many epochs. */
  trainingEnds(epochs: number): GuardFinding[];
  /** Summary of the norms since the last one; undefined when there are none. */
  takeNorms(): NormSummary | undefined;
}

export interface EndedEpoch {
  epoch: number;
  step: number;
  trainLoss: number;
  /** What was recognised in the dev set, if there is one. */
  hypotheses?: readonly string[];
}

type GuardedExperiment = Pick<Experiment, 'schedule' | 'optimizer'>;

const normsKept = 200;
const medianOf = 100;
const leastNorms = 20;
/** Gradients of CTC have spikes of a few times the median all along. */
const explodingFactor = 10;
/** Sound steps that end an episode. */
const calmSteps = 20;
/** Share of all steps before which a model may still recognise nothing. */
const settledShare = 0.2;
const leastBlankUtterances = 20;
const leastEpochs = 3;
const leastFall = 0.05;
const risingFactor = 1.5;

export function freshGuardMemory(): GuardMemory {
  return {
    norms: [],
    newNorms: 0,
    losses: [],
    raised: {},
    blankUtterances: 0,
    firstEpochLoss: null,
    lowestEpochLoss: null,
    risingEpochs: 0,
  };
}

export function createGuards(experiment: GuardedExperiment, totalSteps: number, memory: GuardMemory): Guards {
  const once = (finding: GuardFinding): GuardFinding[] => {
    const again = memory.raised[finding.code] !== undefined;
    memory.raised[finding.code] = 0;
    return again ? [] : [finding];
  };
  const settled = (step: number) => step >= totalSteps * Math.max(settledShare, warmupShare(experiment));
  const guards = { once, settled, memory, experiment };
  return {
    epochBegins: (epoch, learningRate) => checkRestart(experiment, epoch, learningRate),
    stepDone(step) {
      const { gradientNorm } = step;
      for (const [code, steps] of Object.entries(memory.raised) as [GuardCode, number][])
        if (stepCodes.has(code))
          if (steps + 1 >= calmSteps) delete memory.raised[code];
          else memory.raised[code] = steps + 1;
      const findings = [...checkNorm(guards, gradientNorm), ...checkSpike(guards, step)];
      memory.norms.push(gradientNorm);
      if (memory.norms.length > normsKept) memory.norms.shift();
      memory.newNorms = Math.min(memory.newNorms + 1, normsKept);
      return findings;
    },
    nonFinite: (utterances) => once(nonFiniteFinding(utterances)),
    epochEnded: (ended) => [...checkBlank(guards, ended), ...checkLoss(guards, ended)],
    trainingEnds: (epochs) => checkLastCycle(experiment, epochs),
    takeNorms() {
      const { newNorms } = memory;
      memory.newNorms = 0;
      return newNorms === 0 ? undefined : summarizeNorms(memory.norms.slice(-newNorms), experiment.optimizer.clipNorm);
    },
  };
}

interface Watch {
  once(finding: GuardFinding): GuardFinding[];
  settled(step: number): boolean;
  memory: GuardMemory;
  experiment: GuardedExperiment;
}

/** Codes whose episodes end with sound steps; the others end with a sound epoch. */
const stepCodes: ReadonlySet<GuardCode> = new Set<GuardCode>(['exploding-norm', 'loss-spike', 'non-finite']);

const warmupShare = ({ schedule }: GuardedExperiment) =>
  schedule.type === 'oneCycle' || schedule.type === 'warmup' ? schedule.warmupFraction : 0;

function checkNorm({ once, memory, experiment }: Watch, gradientNorm: number): GuardFinding[] {
  if (memory.norms.length < leastNorms) return [];
  const median = percentile(memory.norms.slice(-medianOf), 0.5);
  if (!(gradientNorm > explodingFactor * median)) return [];
  const { clipNorm } = experiment.optimizer;
  const remedy =
    clipNorm === null
      ? `set optimizer.clipNorm, for example to ${median.toPrecision(1)}`
      : 'the step was clipped; if this repeats, lower optimizer.learningRate or lengthen the warm-up';
  const message = `the gradient norm is ${gradientNorm.toPrecision(3)}, ${Math.round(gradientNorm / median)} times its recent median (${median.toPrecision(3)})`;
  return once({ code: 'exploding-norm', severity: 'warning', message, remedy });
}

function checkSpike({ once, memory }: Watch, step: DoneStep): GuardFinding[] {
  const { losses } = memory;
  const measure = spikeMeasure(step);
  const times = spikeOver(losses, measure);
  losses.push(measure);
  if (losses.length > comparedSteps) losses.shift();
  if (times === undefined) return [];
  const leading = leadingUtterances(step.utterances);
  const names = leading.map(({ audioFilepath, gradientShare: share }) =>
    share === undefined ? audioFilepath : `${audioFilepath} (${Math.round(100 * share)} % of the gradient)`,
  );
  return once({
    code: 'loss-spike',
    severity: 'warning',
    message: `the loss is ${step.loss.toPrecision(3)}: per output token ${times.toPrecision(2)} times the recent median; most of it is of ${names.join(', ')}`,
    remedy:
      'compare these recordings with their transcripts, and leave out those that are wrong by "exclude": true in the manifest; if they are right and this repeats, lower optimizer.learningRate',
    utterances: leading.map(({ audioFilepath }) => audioFilepath),
  });
}

function nonFiniteFinding(utterances: string[]): GuardFinding {
  return {
    code: 'non-finite',
    severity: 'warning',
    message: `the loss or the gradient is not finite; the step was left out (${utterances.slice(0, 5).join(', ')}${utterances.length > 5 ? ', …' : ''})`,
    remedy:
      'look at these recordings with "asr inspect"; if they are sound, lower optimizer.learningRate or set optimizer.clipNorm',
    utterances,
  };
}

function checkBlank({ once, settled, memory }: Watch, { step, hypotheses }: EndedEpoch): GuardFinding[] {
  if (!hypotheses || hypotheses.length === 0) return [];
  if (!settled(step) || hypotheses.some((text) => text !== '')) {
    memory.blankUtterances = 0;
    delete memory.raised['blank-collapse'];
    return [];
  }
  memory.blankUtterances += hypotheses.length;
  if (memory.blankUtterances < leastBlankUtterances) return [];
  return once({
    code: 'blank-collapse',
    severity: 'warning',
    message: `nothing is recognised in ${memory.blankUtterances} evaluated utterances in a row, past the warm-up: the model says blank for every frame`,
    remedy:
      'raise or lower optimizer.learningRate by a factor of 3 (asr range-test finds it), see that clipping does not shrink every step, and that asr lint finds enough frames per character',
  });
}

function checkLoss(watch: Watch, { epoch, step, trainLoss }: EndedEpoch): GuardFinding[] {
  const { memory, experiment, settled, once } = watch;
  if (!Number.isFinite(trainLoss)) return [];
  memory.firstEpochLoss ??= trainLoss;
  const first = memory.firstEpochLoss;
  const lowest = Math.min(memory.lowestEpochLoss ?? trainLoss, trainLoss);
  memory.lowestEpochLoss = lowest;
  const rises = trainLoss > risingFactor * lowest && !afterRestart(experiment, epoch);
  memory.risingEpochs = rises ? memory.risingEpochs + 1 : 0;
  const flat = epoch + 1 >= leastEpochs && settled(step) && lowest > (1 - leastFall) * first;
  if (!flat && memory.risingEpochs < 2) {
    if (!rises) delete memory.raised['loss-not-falling'];
    return [];
  }
  const [now, then] = [trainLoss.toPrecision(3), (flat ? first : lowest).toPrecision(3)];
  return once({
    code: 'loss-not-falling',
    severity: 'warning',
    message: flat
      ? `the training loss has not fallen since the first epoch: ${now} after ${epoch + 1} epochs, ${then} at first`
      : `the training loss rises: ${now}, after ${then} in its best epoch`,
    remedy: flat
      ? 'find a learning rate with asr range-test, and check that transcripts belong to their recordings'
      : 'lower optimizer.learningRate and go on from checkpoints/best',
  });
}

/** The first third of a later cycle, in which the loss may rise. */
function afterRestart({ schedule }: GuardedExperiment, epoch: number): boolean {
  if (schedule.type !== 'cosineWarmRestarts') return false;
  const { startEpoch, epochs, epochsIn } = cycleAt(schedule, epoch);
  return startEpoch > 0 && epochsIn < epochs / 3;
}

function checkRestart({ schedule }: GuardedExperiment, epoch: number, learningRate: number): GuardFinding[] {
  if (schedule.type !== 'cosineWarmRestarts' || epoch === 0) return [];
  const cycle = cycleAt(schedule, epoch);
  if (cycle.epochsIn > 0) return [];
  return [
    {
      code: 'warm-restart',
      severity: 'info',
      message: `the learning rate restarts at ${learningRate}: error rates will rise before they fall below their best`,
      remedy: `judge the run at the end of this cycle, after epoch ${cycle.startEpoch + cycle.epochs}`,
    },
  ];
}

function checkLastCycle({ schedule }: GuardedExperiment, epochs: number): GuardFinding[] {
  if (schedule.type !== 'cosineWarmRestarts') return [];
  const { before, after } = cycleEndsAround(schedule, epochs);
  if (before === epochs) return [];
  return [
    {
      code: 'restart-phase',
      severity: 'warning',
      message: `training ended after ${epochs} epochs, in the middle of a cycle, where the learning rate is still high`,
      remedy: `go on with --resume --set training.epochs=${after}${before > 0 ? `, or compare with the best checkpoint up to epoch ${before}` : ''}`,
    },
  ];
}

import type { ParameterChecks } from './channel.ts';
import { isInteger, isString, oneOf, optional, parameters } from './check.ts';
import { drawnKinds, type Figure } from './figure.ts';

/** What the extension may ask of the worker that knows models. */
export interface AnalysisWorker {
  /** What an experiment file amounts to by itself; undefined while it has errors. */
  describeExperiment(configText: string): Promise<ExperimentFacts | undefined>;
  /**
   * What it amounts to with its training data, from manifests and headers. A newer question about the same file ends an
   * older one, which is then answered undefined.
   */
  describeData(configText: string, configFile: string): Promise<DataFacts | undefined>;
  drawFigure(
    kind: (typeof drawnKinds)[number],
    configText: string,
    stepsPerEpoch: number | undefined,
  ): Promise<Figure | undefined>;
}

/** What the worker tells while it works. */
export interface AnalysisHost {
  /** Recordings whose headers are known, of all in the manifests; a few times a second. */
  headersRead(configFile: string, done: number, all: number): void;
}

/** Derived from the very graphs, rules and schedules that train. */
export interface ExperimentFacts {
  features: FeatureFacts;
  model: ModelFacts;
  augment: AugmentFacts;
  schedule: ScheduleFacts;
}

export interface FeatureFacts {
  framesPerSec: number;
  windowMs: number;
  /** Values per frame. */
  bins: number;
}

export interface ModelFacts {
  parameters: number;
  /** Frames of model output per second of audio; an utterance needs at least one per token. */
  outputFramesPerSec: number;
  /** Feature frames per output frame. */
  totalStride: number;
  /** Infinity where attention sees the whole utterance. */
  receptiveFieldSec: number;
  /** Multiply-accumulate operations per second of audio; where attention grows with length, in an utterance of 10 s. */
  macsPerSecond: number;
  /** Forecast of the memory that training takes at its highest, for utterances as long as the config allows. */
  peakMemoryBytes: number;
}

/** At most, for a clip long enough that no share cuts them short. */
export interface AugmentFacts {
  timeMasks: number;
  timeMaskFrames: number;
  timeMaskMs: number;
  frequencyMasks: number;
  frequencyMaskBins: number;
  bins: number;
  timeWarpMs: number;
}

export interface ScheduleFacts {
  peakLearningRate: number;
  /** Of the last step. */
  lastLearningRate: number;
  /** Whether the last step has the lowest rate; absent where the rate never falls by itself. */
  endsAtMinimum?: boolean;
}

/** The training manifests as a run would take them. */
export interface DataFacts {
  /** That can be trained on. */
  usable: number;
  /** With fewer output frames than CTC needs, at the fastest speed. */
  infeasible: number;
  /** Left out for any reason, the infeasible included. */
  leftOut: number;
  fastestSpeed: number;
  durationSec: number;
  stepsPerEpoch: number;
  /** Share of padded frames in the batches of an epoch, 0 to 1. */
  paddingShare: number;
  /** Forecast of the memory that training takes at its highest. */
  peakMemoryBytes: number;
  /** As the first problem says why utterances are left out. */
  firstProblem?: string;
  /** The first recording that can be trained on, absolute. */
  recording?: string;
}

export const analysisWorkerChecks: ParameterChecks<AnalysisWorker> = {
  describeExperiment: parameters(isString),
  describeData: parameters(isString, isString),
  drawFigure: parameters(oneOf(...drawnKinds), isString, optional(isInteger)),
};
export const analysisHostChecks: ParameterChecks<AnalysisHost> = {
  headersRead: parameters(isString, isInteger, isInteger),
};

import type { ParameterChecks } from './channel.ts';
import { isString, parameters } from './check.ts';

/** What the extension may ask of the worker that knows models. */
export interface AnalysisWorker {
  /** Facts of the model that an experiment file describes; undefined while the file has errors. */
  describeModel(configText: string): Promise<ModelFacts | undefined>;
}

/** The worker asks nothing back. */
export type AnalysisHost = Record<never, never>;

/** Derived from the very graphs that train. */
export interface ModelFacts {
  parameters: number;
  /** Frames of model output per second of audio; an utterance needs at least one per token. */
  outputFramesPerSec: number;
  /** Feature frames per output frame. */
  totalStride: number;
  /** Infinity where attention sees the whole utterance. */
  receptiveFieldSec?: number;
  /** Multiply-accumulate operations per second of audio; where attention grows with length, in an utterance of 10 s. */
  macsPerSecond?: number;
  /** Forecast of the memory that training takes at its highest. */
  peakMemoryBytes?: number;
}

export const analysisWorkerChecks: ParameterChecks<AnalysisWorker> = { describeModel: parameters(isString) };

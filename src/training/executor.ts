import type { GreedyDecoding } from '../asr/ctcGreedy.ts';
import type { Batch } from '../nn/batch.ts';

/** A batch with the size of graph it is meant for; it may have fewer rows than that. */
export interface TrainingBatch extends Batch {
  shape: BatchShape;
}

/** Size of a training graph: rows, feature frames, and room for tokens. */
export interface BatchShape {
  rows: number;
  frames: number;
  maxTokens: number;
}

export interface StepOptions {
  learningRate: number;
  /** Seed and step name the random streams of dropout. */
  seed: number;
  step: number;
}

/** One optimizer step over one or more batches (gradient accumulation). */
export interface StepRequest {
  batches: readonly TrainingBatch[];
  options: StepOptions;
}

export interface StepResult {
  /** Mean over the utterances of all batches. */
  loss: number;
  /** Of the batches given here. */
  utteranceLosses: Float32Array;
  /** Squared norm of their parts of the gradient of `loss` at the logits; absent on devices. */
  utteranceGradients?: Float32Array;
  /** Utterances of the batches of all ranks, where there are several. */
  utterances?: number;
  /** The parts of the loss before weighing, where a decoder trains beside CTC. */
  components?: { ctc: number; attention: number };
  /** Before clipping. */
  gradientNorm: number;
  /** False when the loss or the gradient was not finite: weights, moments and running statistics are as before. */
  updated: boolean;
  /** With fp16: what the loss was multiplied by. */
  lossScale?: number;
  /** Where the time went in the process that computes; `updateMs` is absent where the update is part of the graph. */
  timings?: { graphMs: number; updateMs?: number };
}

export interface Evaluation {
  /** [batch, outputFrames, vocabulary], natural logarithms. */
  logProbabilities: Float32Array;
  outputFrames: number;
  /** Valid output frames of each utterance. */
  lengths: Int32Array;
  /** What a search with the attention decoder found; absent where text is read from CTC alone. */
  decoded?: GreedyDecoding[];
  /** Loss of each utterance where it is not CTC's. */
  losses?: Float32Array;
}

/** Weights and running statistics as flat vectors in the order of the parameter layout. */
export interface ModelVectors {
  parameters: Float32Array;
  buffers: Float32Array;
}

/** All that a run needs to go on exactly. */
export interface Snapshot extends ModelVectors {
  /** State of the optimizer per parameter, such as `firstMoment`; names have no dots. */
  slots: Record<string, Float32Array>;
  /** Moving average of the weights, which is then what is evaluated; absent before its first update. */
  average?: ModelVectors;
  /** Optimizer updates made, which differs from steps when steps were skipped. */
  updates: number;
  /** Dynamic loss scale of fp16 and the steps since it last changed. */
  lossScale?: { scale: number; goodSteps: number };
}

/** Where the graph runs. It keeps weights and optimizer state; only batches, scalars and snapshots cross. */
export interface Executor {
  /**
   * One optimizer step over one or more batches (gradient accumulation). Where several ranks train, each gives its own,
   * perhaps none, and the result is that of all.
   */
  step(batches: readonly TrainingBatch[], options: StepOptions): Promise<StepResult>;
  /** Batches that `steps` best gets at once. */
  readonly batchesPerRun: number;
  /** Several steps one after another, which some devices do in one run. */
  steps(requests: readonly StepRequest[]): Promise<StepResult[]>;
  evaluate(batch: Batch): Promise<Evaluation>;
  snapshot(): Promise<Snapshot>;
  restore(snapshot: Snapshot): Promise<void>;
  dispose(): Promise<void>;
}

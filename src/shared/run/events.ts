/** One line of `events.jsonl`. `timeMs` is Unix time; `step` counts optimizer steps. Durations are monotonic. */
export interface EventBase {
  step: number;
  timeMs: number;
}

export interface Started extends EventBase {
  kind: 'started';
  epochs: number;
  totalSteps: number;
  parameters: number;
  device: 'cpu' | 'webgpu' | 'cuda';
  /** Why there, in words. */
  deviceReason?: string;
  threads: number;
  trainUtterances: number;
  trainSec: number;
  devUtterances: number;
  skippedUtterances: number;
  /** Of all manifests, by their own `"exclude": true`; absent when there are none. */
  excludedUtterances?: number;
  /** Forecast of the graph process's highest resident memory, and of the bucket that takes it. */
  peakMemoryBytes?: number;
  largestBatch?: { utterances: number; frames: number };
  /** Gradient norms above it are scaled down to it; 0 for no clipping. */
  clipNorm?: number;
}
/** The run goes on from a checkpoint at `step`; everything logged after that step is superseded. */
export interface Resumed extends EventBase {
  kind: 'resumed';
  epoch: number;
}
/** Something the user can mend; training goes on without it. */
export interface ProblemFound extends EventBase {
  kind: 'problem';
  severity: 'error' | 'warning' | 'info';
  code: string;
  message: string;
  file?: string;
  line?: number;
}
export interface StepDone extends EventBase {
  kind: 'step';
  epoch: number;
  loss: number;
  learningRate: number;
  gradientNorm: number;
  /** With a joint loss: its parts before weighing. */
  components?: { ctc: number; attention: number };
  /** With fp16: what the loss was multiplied by. */
  lossScale?: number;
  audioSec: number;
  /** Wall time of the whole step, waiting for data included. */
  durationMs: number;
  waitMs: number;
  /** Of `durationMs`: forward and backward pass in the graph process. */
  graphMs?: number;
  /** Of `durationMs`: clipping and the optimizer's update. */
  updateMs?: number;
  /** Time the feature workers spent on this step's batches, beside the graph; summed over workers. */
  featureMs?: number;
  /** Batches that lay ready when this step asked for its own. */
  queue?: number;
  /** Share of padded frames in the batch, 0 to 1. */
  paddingShare: number;
  utterances: number;
}
/**
 * The loss or gradient was NaN or infinite: no update was made. `overflow`: the loss was finite and only its scaled
 * gradient left float16, as is to be expected now and then; the loss scale is halved.
 */
export interface BatchSkipped extends EventBase {
  kind: 'batchSkipped';
  epoch: number;
  reason: 'nonFinite' | 'overflow';
  /** With fp16: what the loss was multiplied by. */
  lossScale?: number;
  utterances: string[];
}
export interface SampleTranscript {
  audioFilepath: string;
  reference: string;
  hypothesis: string;
}
export interface Evaluated extends EventBase {
  kind: 'evaluated';
  epoch: number;
  /** Word and character error rates as fractions. */
  wer: number;
  cer: number;
  loss: number;
  best: boolean;
  durationMs: number;
  samples: SampleTranscript[];
}
/** The weights of several epochs were averaged at the end of training; rates are null without a dev set. */
export interface Averaged extends EventBase {
  kind: 'averaged';
  /** From 0. */
  epochs: number[];
  wer: number | null;
  cer: number | null;
  loss: number | null;
  /** Whether the average is now the best checkpoint. */
  best: boolean;
  durationMs: number;
  samples: SampleTranscript[];
}
/** Gradient norms before clipping over the steps since the last such event, at most the latest 200. */
export interface GradientNorms extends EventBase {
  kind: 'gradientNorms';
  epoch: number;
  steps: number;
  p10: number;
  p50: number;
  p90: number;
  /** Share of the steps whose gradient was clipped, 0 to 1. */
  clippedShare: number;
}
export type GuardCode =
  | 'blank-collapse'
  | 'exploding-norm'
  | 'loss-not-falling'
  | 'loss-spike'
  | 'memory-leak'
  | 'non-finite'
  | 'restart-phase'
  | 'warm-restart';
/** Something that makes runs fail in silence, raised once per episode. */
export interface GuardRaised extends EventBase {
  kind: 'guard';
  code: GuardCode;
  severity: 'warning' | 'info';
  epoch: number;
  message: string;
  remedy: string;
  utterances?: string[];
  /** Where the step lies that can be run again with `asr replay`, relative to the run directory. */
  replay?: string;
  /** Of a leak: which part of the memory grows, and over which steps it was seen to. */
  leak?: { category: MemoryCategory; firstStep: number; lastStep: number; bytesPerStep: number };
}
export interface CheckpointSaved extends EventBase {
  kind: 'checkpoint';
  epoch: number;
  /** Relative to the run directory, for example `checkpoints/last`. */
  path: string;
  durationMs: number;
  /** Of `durationMs`: how long training stood still; the rest was written beside it. Absent for a save's second name. */
  pauseMs?: number;
}
/** The run was paused, or goes on. */
export interface Paused extends EventBase {
  kind: 'paused';
  paused: boolean;
  /** Who asked: the user (when absent) or a disk without space. */
  reason?: 'user' | 'disk';
  /** Why, in words, where it was not the user. */
  message?: string;
}
/** Parts of the memory of a run's processes that can grow: of the engine, and of the process that runs the graph. */
export type MemoryCategory =
  | 'engineHeap'
  | 'engineExternal'
  | 'engineNative'
  | 'graphHeap'
  | 'graphExternal'
  | 'graphNative';
export interface GpuSample {
  index: number;
  name: string;
  /** Percent, 0 to 100; absent figures are not known to the driver. */
  utilization?: number;
  memoryUsedBytes?: number;
  memoryTotalBytes?: number;
  temperatureC?: number;
  powerW?: number;
}
/** What the machine and the run's processes took at a moment, sampled every few seconds. */
export interface ResourcesSampled extends EventBase {
  kind: 'resources';
  /** Resident memory of the engine and of the process that runs the graph. */
  engineRssBytes: number;
  graphRssBytes?: number;
  /** JavaScript heaps in use, memory outside them that JavaScript holds, and the rest: code, ONNX Runtime, allocator. */
  memoryBytes: Partial<Record<MemoryCategory, number>>;
  /** Processor time of the run's processes over all cores of the machine since the last sample, 0 to 1. */
  runCpuShare: number;
  /** Of all processes. */
  machineCpuShare: number;
  machineMemoryUsedBytes: number;
  machineMemoryTotalBytes: number;
  /** Empty where there is none; then `gpuAbsence` says why. */
  gpus: GpuSample[];
  gpuAbsence?: string;
}
/** A few steps were profiled on demand. */
export interface Profiled extends EventBase {
  kind: 'profiled';
  /** Directory with the profile's files, relative to the run directory: see `profileFiles` in `layout.ts`. */
  path: string;
  steps: number;
  durationMs: number;
}
export interface Finished extends EventBase {
  kind: 'finished';
  reason: 'done' | 'stopped' | 'failed';
  message?: string;
  durationMs: number;
}

export type EngineEvent =
  | Started
  | Resumed
  | ProblemFound
  | StepDone
  | BatchSkipped
  | Evaluated
  | Averaged
  | GradientNorms
  | GuardRaised
  | CheckpointSaved
  | Paused
  | ResourcesSampled
  | Profiled
  | Finished;

export type EventKind = EngineEvent['kind'];

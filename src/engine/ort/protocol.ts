import type { Batch } from '../../nn/batch.ts';
import type { ModelSpec } from '../../nn/modelSpec.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type {
  Evaluation,
  Snapshot,
  StepOptions,
  StepRequest,
  StepResult,
  TrainingBatch,
} from '../../training/executor.ts';
import type { GraphProfile } from './graphProfile.ts';

/** What a process says of itself. */
export interface ProcessUsage {
  rssBytes: number;
  heapUsedBytes: number;
  heapTotalBytes: number;
  /** Buffers and other memory outside the heap that JavaScript holds. */
  externalBytes: number;
  /** Processor time since its start, and its age at that moment. */
  cpuMs: number;
  ageMs: number;
}

/** Execution providers that train. */
export type DeviceName = 'cpu' | 'webgpu' | 'cuda';

/** Batches given to one run of a graph: several where weights would cross to the host and back with every run. */
export const batchesPerRun: Readonly<Record<DeviceName, number>> = { cpu: 1, webgpu: 1, cuda: 4 };

/** What a training process is set up with. */
export interface TrainingSetup {
  spec: ModelSpec;
  loss: Experiment['loss'];
  optimizer: Experiment['optimizer'];
  decoding: Experiment['decoding'];
  precision: Experiment['training']['precision'];
  device: DeviceName;
  /** Batches of one optimizer step. */
  accumulate: number;
  /** 0 for no moving average of the weights. */
  emaDecay: number;
  /** Seed of the initial weights. */
  seed: number;
  threads: number;
}

/** Requests to the process that runs the graph, each with its answer. */
export interface OrtCalls {
  openTraining(setup: TrainingSetup): void;
  step(batches: readonly TrainingBatch[], options: StepOptions): StepResult;
  steps(requests: readonly StepRequest[]): StepResult[];
  evaluate(batch: Batch): Evaluation;
  /** Begins MPI in this process, where `size` processes were started together; steps then are those of all ranks. */
  joinRanks(size: number): { rank: number; count: number };
  /** One value of every rank, in the order of the ranks. */
  gather(own: Uint8Array): Uint8Array[];
  /** Ends MPI; a rank that ends without it ends the others. */
  leaveRanks(): void;
  /** What that process takes; answered between two steps. */
  usage(): ProcessUsage;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /** Steps are profiled from here on, with ONNX Runtime's files in this folder. */
  startProfile(folder: string): void;
  endProfile(): GraphProfile;
  /** A whole model as ONNX, for inference; with a decoder, what it infers is searched by it. */
  openModel(bytes: Uint8Array, threads: number, decoder?: DecoderModel): ModelIo;
  infer(batch: InferenceBatch): Evaluation;
  /** The training graph's own forward pass, to compare an exported model with. */
  reference(model: ReferenceModel, batch: TrainingBatch): Evaluation;
  /** Execution providers this build of onnxruntime knows. */
  providers(): string[];
  /** Of ONNX Runtime. */
  version(): string;
  /** Runs a model of one float input on a provider alone; rejects when that provider cannot. Libraries it loaded. */
  tryProvider(name: string, bytes: Uint8Array): string[];
}

export interface ReferenceModel {
  spec: ModelSpec;
  parameters: Float32Array;
  buffers: Float32Array;
  threads: number;
}

/** The step graph of an attention decoder with its weights, and how to search with it. */
export interface DecoderModel {
  bytes: Uint8Array;
  decoding: Experiment['decoding'];
}

export interface ModelIo {
  inputs: { name: string; shape: (number | string)[] }[];
  outputs: string[];
}

/** Features before global normalisation, which happens inside the model. */
export interface InferenceBatch {
  input: Float32Array; // [batch, 1, mels, time]
  batch: number;
  mels: number;
  time: number;
  lengths: Int32Array; // [batch]
}

export type OrtCall = keyof OrtCalls;
export type OrtRequest = { [K in OrtCall]: { id: number; call: K; args: Parameters<OrtCalls[K]> } }[OrtCall];
export type OrtAnswer =
  | { id: number; result: unknown }
  | { id: number; error: { message: string; stack: string; expected: boolean } };

import type { DataType } from '../graph/value.ts';

/** Utterances of similar length, padded to a common one; what one training step or evaluation takes. */
export interface Batch {
  /** [batch, frames, bins], normalised; what lies beyond an utterance's end is ignored. */
  features: Float32Array;
  batch: number;
  frames: number;
  bins: number;
  /** Valid frames of each utterance. */
  frameCounts: Int32Array;
  /** Output tokens of each utterance, without blanks. */
  tokens: Int32Array[];
  /** Names for reports. */
  ids: string[];
}

/** A tensor for the runtime, by value. */
export interface Feed {
  data: Float32Array | BigInt64Array | Int32Array | Uint8Array;
  shape: number[];
  dtype: DataType;
}

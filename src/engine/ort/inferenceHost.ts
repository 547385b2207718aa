import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Evaluation } from '../../training/executor.ts';
import type { InferenceBatch, ModelIo } from './protocol.ts';

/** What an attention decoder listens to, beside CTC's part. */
export interface EncodedBatch extends Evaluation {
  encoded: Float32Array; // [batch, outputFrames, width]
  keys: Float32Array; // [batch, attention, outputFrames]
}

/** One run of an inference graph: log-probabilities and valid output frames. `weights` are for graphs that hold none. */
export async function runModel(
  session: InferenceSession,
  batch: InferenceBatch,
  weights?: Record<string, Tensor>,
): Promise<Evaluation> {
  const { logProbabilities, outputFrames, lengths } = await runEncoder(session, batch, weights);
  return { logProbabilities, outputFrames, lengths };
}

/** The same with what a graph for a decoder gives. */
export async function runEncoder(
  session: InferenceSession,
  { input, batch, mels, time, lengths }: InferenceBatch,
  weights: Record<string, Tensor> = {},
): Promise<EncodedBatch> {
  const counts = new Tensor('int64', BigInt64Array.from(lengths, BigInt), [batch]);
  const feeds: Record<string, Tensor> = session.inputNames.includes('waveform')
    ? { waveform: new Tensor('float32', input, [batch, time]), waveformLengths: counts }
    : { input: new Tensor('float32', input, [batch, 1, mels, time]), inputLengths: counts };
  for (const name of session.inputNames) if (weights[name]) feeds[name] = weights[name];
  const { output, outputLengths, encoded, keys } = await session.run(feeds);
  return {
    logProbabilities: output!.data as Float32Array,
    outputFrames: output!.dims[1]!,
    lengths: Int32Array.from(outputLengths!.data as BigInt64Array, Number),
    encoded: (encoded?.data ?? new Float32Array(0)) as Float32Array,
    keys: (keys?.data ?? new Float32Array(0)) as Float32Array,
  };
}

export function describeIo(session: InferenceSession): ModelIo {
  return {
    inputs: session.inputMetadata.map((input) => ({
      name: input.name,
      shape: input.isTensor ? [...input.shape] : [],
    })),
    outputs: [...session.outputNames],
  };
}

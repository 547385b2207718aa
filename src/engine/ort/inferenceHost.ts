import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Evaluation } from '../../training/executor.ts';
import type { InferenceBatch, ModelIo } from './protocol.ts';

/** One run of an inference graph: log-probabilities and valid output frames. `weights` are for graphs that hold none. */
export async function runModel(
  session: InferenceSession,
  { input, batch, mels, time, lengths }: InferenceBatch,
  weights: Record<string, Tensor> = {},
): Promise<Evaluation> {
  const feeds: Record<string, Tensor> = {
    input: new Tensor('float32', input, [batch, 1, mels, time]),
    inputLengths: new Tensor('int64', BigInt64Array.from(lengths, BigInt), [batch]),
  };
  for (const name of session.inputNames) if (weights[name]) feeds[name] = weights[name];
  const { output, outputLengths } = await session.run(feeds);
  return {
    logProbabilities: output!.data as Float32Array,
    outputFrames: output!.dims[1]!,
    lengths: Int32Array.from(outputLengths!.data as BigInt64Array, Number),
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

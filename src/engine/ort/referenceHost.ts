import { Tensor } from 'onnxruntime-node';
import { layoutParameters, outputFrames } from '../../nn/models/index.ts';
import { buildEvaluationGraph } from '../../nn/trainingStep.ts';
import type { Evaluation, TrainingBatch } from '../../training/executor.ts';
import type { ReferenceModel } from './protocol.ts';
import { createSession, toTensor } from './sessions.ts';

/** The graph that trains, run without dropout and with running statistics: what an exported model must equal. */
export async function runReference(
  { spec, parameters, buffers, threads }: ReferenceModel,
  batch: TrainingBatch,
): Promise<Evaluation> {
  const layout = layoutParameters(spec);
  const { rows, frames, maxTokens } = batch.shape;
  const { bytes, feeds } = buildEvaluationGraph(spec, layout, { batch: rows, frames, maxTokens });
  const session = await createSession(bytes, threads);
  const given: Record<string, Tensor> = {};
  for (const { name, shape, offset, size } of layout.entries)
    given[name] = new Tensor('float32', parameters.subarray(offset, offset + size), shape);
  for (const { name, shape, offset, size } of layout.buffers)
    given[name] = new Tensor('float32', buffers.subarray(offset, offset + size), shape);
  for (const [name, feed] of Object.entries(feeds(batch))) given[name] = toTensor(feed);
  const wanted = Object.fromEntries(session.inputNames.map((name) => [name, given[name]!]));
  const { logits } = await session.run(wanted);
  const output = normalise(logits!.data as Float32Array, logits!.dims as [number, number, number]);
  await session.release();
  return { ...output, lengths: batch.frameCounts.map((count) => outputFrames(spec.config, count)) };
}

/** Logits [frames, batch, vocabulary] to log-probabilities [batch, frames, vocabulary]. */
function normalise(logits: Float32Array, [frames, batch, vocabulary]: readonly [number, number, number]) {
  const logProbabilities = new Float32Array(logits.length);
  for (let frame = 0; frame < frames; frame++)
    for (let row = 0; row < batch; row++) {
      const from = (frame * batch + row) * vocabulary;
      const to = (row * frames + frame) * vocabulary;
      let top = Number.NEGATIVE_INFINITY;
      for (let v = 0; v < vocabulary; v++) top = Math.max(top, logits[from + v]!);
      let sum = 0;
      for (let v = 0; v < vocabulary; v++) sum += Math.exp(logits[from + v]! - top);
      for (let v = 0; v < vocabulary; v++) logProbabilities[to + v] = logits[from + v]! - top - Math.log(sum);
    }
  return { logProbabilities, outputFrames: frames };
}

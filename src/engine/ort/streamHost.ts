import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { StreamOutput, StreamWindow } from './protocol.ts';

/** One run of a streaming graph: the next frames of a stream and the states after them. */
export async function runWindow(session: InferenceSession, window: StreamWindow): Promise<StreamOutput> {
  const { input, bins, time, kept, settled, states } = window;
  const feeds: Record<string, Tensor> = {
    input: new Tensor('float32', input, [1, 1, bins, time]),
    inputLengths: new Tensor('int64', BigInt64Array.of(BigInt(time)), [1]),
    kept: new Tensor('int64', BigInt64Array.from(kept, BigInt), [kept.length]),
    last: new Tensor('int64', BigInt64Array.of(BigInt(settled - 1)), []),
  };
  for (const [name, { data, shape }] of Object.entries(states)) feeds[name] = new Tensor('float32', data, shape);
  const results = await session.run(feeds);
  return {
    logProbabilities: results.output!.data as Float32Array,
    states: Object.fromEntries(
      Object.entries(states).map(([name, { shape }]) => [
        name,
        { data: results[`next.${name}`]!.data as Float32Array, shape },
      ]),
    ),
  };
}

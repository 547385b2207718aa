import { Tensor } from 'onnxruntime-node';
import type { FrontendFeatures, InferenceBatch } from './protocol.ts';
import { createSession } from './sessions.ts';

/** One run of a graph whose outputs are `features` and `frameCounts`, on a waveform. */
export async function runFrontend(
  bytes: Uint8Array,
  { input, batch, time, lengths }: InferenceBatch,
): Promise<FrontendFeatures> {
  const session = await createSession(bytes, 1);
  try {
    const { features, frameCounts } = await session.run({
      waveform: new Tensor('float32', input, [batch, time]),
      waveformLengths: new Tensor('int64', BigInt64Array.from(lengths, BigInt), [batch]),
    });
    return {
      features: features!.data as Float32Array,
      bins: features!.dims[2]!,
      time: features!.dims[3]!,
      frameCounts: Int32Array.from(frameCounts!.data as BigInt64Array, Number),
    };
  } finally {
    await session.release();
  }
}

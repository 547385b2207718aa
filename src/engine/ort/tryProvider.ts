import { InferenceSession, Tensor } from 'onnxruntime-node';

/** Runs a model of one float vector on a provider alone, with no fallback to the CPU; throws what the provider says. */
export async function tryProvider(name: string, bytes: Uint8Array): Promise<void> {
  const session = await InferenceSession.create(bytes, {
    executionProviders: [name],
    logSeverityLevel: 4,
    ...(name === 'cpu' ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  });
  const input = session.inputNames[0]!;
  await session.run({ [input]: new Tensor('float32', Float32Array.of(1, 2), [2]) });
  await session.release();
}

import { InferenceSession, Tensor } from 'onnxruntime-node';

/**
 * Runs a model of one float vector on a provider alone, with no fallback to the CPU; throws what the provider says. The
 * libraries that the process then has tell which drivers did it.
 */
export async function tryProvider(name: string, bytes: Uint8Array): Promise<string[]> {
  const session = await InferenceSession.create(bytes, {
    executionProviders: [name],
    logSeverityLevel: 4,
    ...(name === 'cpu' ? {} : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  });
  const input = session.inputNames[0]!;
  await session.run({ [input]: new Tensor('float32', Float32Array.of(1, 2), [2]) });
  await session.release();
  return loadedLibraries();
}

function loadedLibraries(): string[] {
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  // Without this, names of network peers are looked up.
  report.excludeNetwork = true;
  const { sharedObjects } = report.getReport() as { sharedObjects?: string[] };
  return sharedObjects ?? [];
}

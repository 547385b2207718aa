import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type ActivationHistogram, createHistogram, observe } from '../../graph/quantize/activationHistogram.ts';
import type { InferenceBatch } from './protocol.ts';
import { sessionOptions } from './sessions.ts';

/** What the making of an INT8 model asks of the process that runs graphs. */
export interface QuantizeCalls {
  /** The model after ONNX Runtime's basic optimisations: constants folded, only standard operators. */
  foldConstants(bytes: Uint8Array): Uint8Array;
  /** What each output of the model is like over all batches. */
  observeOutputs(
    bytes: Uint8Array,
    threads: number,
    batches: readonly InferenceBatch[],
  ): Record<string, ActivationHistogram>;
  /** Energy of one output and of its difference from another, over all batches, by pair. */
  compareOutputs(
    bytes: Uint8Array,
    threads: number,
    batches: readonly InferenceBatch[],
    pairs: readonly { float: string; quantized: string }[],
  ): { signal: number; noise: number }[];
  /** Times of [model][batch][pass], models in turns so that all see the same machine. */
  timeModels(
    models: readonly Uint8Array[],
    threads: number,
    batches: readonly InferenceBatch[],
    passes: number,
  ): RunTime[][][];
  /** The same in ONNX Runtime's profiler, each model run once before what counts: the text of each model's trace. */
  profileModels(
    models: readonly Uint8Array[],
    threads: number,
    batches: readonly InferenceBatch[],
    passes: number,
  ): string[];
}

export interface RunTime {
  ms: number;
  /** Of all threads; a busy machine does not lengthen it as it does the other. */
  processorMs: number;
}

type Handlers = {
  [K in keyof QuantizeCalls]: (...args: Parameters<QuantizeCalls[K]>) => Promise<ReturnType<QuantizeCalls[K]>>;
};

export const quantizeHandlers: Handlers = {
  foldConstants: (bytes) =>
    inFolder(async (folder) => {
      const file = join(folder, 'folded.onnx');
      const options = { ...sessionOptions(1), graphOptimizationLevel: 'basic', optimizedModelFilePath: file } as const;
      await (await InferenceSession.create(bytes, options)).release();
      return readFile(file);
    }),
  observeOutputs: (bytes, threads, batches) =>
    withSessions([bytes], threads, async ([session]) => {
      const histograms: Record<string, ActivationHistogram> = {};
      for (const name of session!.outputNames) histograms[name] = createHistogram();
      for (const batch of batches)
        for (const [name, tensor] of Object.entries(await run(session!, batch)))
          if (tensor.type === 'float32') observe(histograms[name]!, tensor.data as Float32Array);
      return histograms;
    }),
  compareOutputs: (bytes, threads, batches, pairs) =>
    withSessions([bytes], threads, async ([session]) => {
      const sums = pairs.map(() => ({ signal: 0, noise: 0 }));
      for (const batch of batches) {
        const outputs = await run(session!, batch);
        for (const [i, { float, quantized }] of pairs.entries())
          addEnergies(sums[i]!, outputs[float]!.data as Float32Array, outputs[quantized]!.data as Float32Array);
      }
      return sums;
    }),
  timeModels: (models, threads, batches, passes) =>
    withSessions(models, threads, async (sessions) => {
      const times = models.map(() => batches.map((): RunTime[] => []));
      await inTurns(sessions, batches, passes, (model, batch, time) => times[model]![batch]!.push(time));
      return times;
    }),
  profileModels: (models, threads, batches, passes) =>
    inFolder(async (folder) => {
      const profile = (index: number) => ({ enableProfiling: true, profileFilePrefix: join(folder, `${index}`) });
      await withSessions(
        models,
        threads,
        async (sessions) => {
          await inTurns(sessions, batches, passes, () => undefined);
          for (const session of sessions) session.endProfiling();
        },
        profile,
      );
      const files = await readdir(folder);
      const fileOf = (index: number) => files.find((name) => name.startsWith(`${index}_`))!;
      return Promise.all(models.map((_, index) => readFile(join(folder, fileOf(index)), 'utf8')));
    }),
};

/** Every batch `passes` times by every session; the first pass, which finds no caches, is not told. */
async function inTurns(
  sessions: readonly InferenceSession[],
  batches: readonly InferenceBatch[],
  passes: number,
  told: (session: number, batch: number, time: RunTime) => void,
): Promise<void> {
  for (let pass = -1; pass < passes; pass++)
    for (const [b, batch] of batches.entries())
      for (const [s, session] of sessions.entries()) {
        const start = performance.now();
        const startCpu = process.cpuUsage();
        await run(session, batch);
        const { user, system } = process.cpuUsage(startCpu);
        if (pass >= 0) told(s, b, { ms: performance.now() - start, processorMs: (user + system) / 1000 });
      }
}

function addEnergies(sums: { signal: number; noise: number }, exact: Float32Array, approximate: Float32Array): void {
  for (let i = 0; i < exact.length; i++) {
    sums.signal += exact[i]! ** 2;
    sums.noise += (exact[i]! - approximate[i]!) ** 2;
  }
}

function run(session: InferenceSession, { input, batch, mels, time, lengths }: InferenceBatch) {
  const feeds: Record<string, Tensor> = { input: new Tensor('float32', input, [batch, 1, mels, time]) };
  if (session.inputNames.includes('inputLengths'))
    feeds.inputLengths = new Tensor('int64', BigInt64Array.from(lengths, BigInt), [batch]);
  return session.run(feeds);
}

async function withSessions<T>(
  models: readonly Uint8Array[],
  threads: number,
  work: (sessions: readonly InferenceSession[]) => Promise<T>,
  more: (index: number) => InferenceSession.SessionOptions = () => ({}),
): Promise<T> {
  const sessions: InferenceSession[] = [];
  try {
    for (const [index, bytes] of models.entries())
      sessions.push(await InferenceSession.create(bytes, { ...sessionOptions(threads), ...more(index) }));
    return await work(sessions);
  } finally {
    for (const session of sessions) await session.release();
  }
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'asr-quantize-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

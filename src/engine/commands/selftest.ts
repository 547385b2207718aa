import { createFeatureExtractor } from '../../dsp/features.ts';
import { loadResampler } from '../../dsp/resample.ts';
import { createGraph } from '../../graph/graph.ts';
import { writeOnnx } from '../../graph/onnx/writeOnnx.ts';
import { add } from '../../graph/ops/index.ts';
import { experimentSchema } from '../../shared/config/schema.ts';
import { createRandom } from '../../shared/random.ts';
import type { TrainingBatch } from '../../training/executor.ts';
import type { ParsedArguments } from '../arguments.ts';
import { type OrtClient, startOrtClient } from '../ortClient.ts';
import { createOrtExecutor } from '../ortExecutor.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';
import { trainingSetup } from '../trainingSetup.ts';
import { engineVersion } from '../version.ts';

interface Check {
  name: string;
  passed: boolean;
  detail: string;
}

/** Runs each part once for real; a broken installation shows itself as a failed check, never as a crash later. */
export async function run(_args: ParsedArguments, terminal: Terminal): Promise<number> {
  const checks: Check[] = [];
  for (const [name, work] of Object.entries({ resampler, features, runtime, training })) {
    const check = await work().then(
      (detail) => ({ name, passed: true, detail }),
      (error: unknown) => ({ name, passed: false, detail: error instanceof Error ? error.message : String(error) }),
    );
    checks.push(check);
    terminal.print(`${check.passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(9)} ${check.detail}`);
  }
  const passed = checks.every((check) => check.passed);
  const platform = `${process.platform}-${process.arch}`;
  terminal.print(`engine ${engineVersion()}, Node ${process.versions.node}, ${platform}, ${physicalCores()} cores`);
  terminal.result({
    passed,
    engine: engineVersion(),
    node: process.versions.node,
    platform,
    cores: physicalCores(),
    checks,
  });
  return passed ? 0 : 1;
}

async function resampler(): Promise<string> {
  const output = (await loadResampler()).resample(new Float32Array(8000).fill(0.5), 8000, 16_000);
  const middle = output[8000] ?? Number.NaN;
  if (!(Math.abs(middle - 0.5) < 0.01)) throw new Error(`a constant became ${middle}`);
  return '8 kHz to 16 kHz';
}

async function features(): Promise<string> {
  const extractor = await createFeatureExtractor(experimentSchema.shape.features.parse({}));
  const { frames, bins, data } = extractor.extract(Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 5)));
  if (!data.every(Number.isFinite)) throw new Error('features are not finite');
  return `${frames} frames × ${bins} bins, ${extractor.kernel} kernel`;
}

/** Each provider in a process of its own: one that is not usable may end it. */
async function runtime(): Promise<string> {
  const input = createGraph().input('input', [2]);
  const bytes = writeOnnx({ outputs: { sum: add(input, input) } });
  const states: string[] = [];
  for (const name of await withClient((client) => client.call('providers'))) {
    const works = await withClient((client) => client.call('tryProvider', name, bytes)).then(
      () => true,
      () => false,
    );
    if (name === 'cpu' && !works) throw new Error('onnxruntime does not run on the CPU');
    states.push(`${name} ${works ? 'works' : 'not usable here'}`);
  }
  return `onnxruntime providers: ${states.join(', ')}`;
}

async function withClient<T>(work: (client: OrtClient) => Promise<T>): Promise<T> {
  const client = startOrtClient();
  try {
    return await work(client);
  } finally {
    await client.dispose();
  }
}

/** Two steps on one batch of noise: the second loss must be lower. */
async function training(): Promise<string> {
  const experiment = experimentSchema.parse({
    data: { train: ['none'] },
    model: {
      blocks: [{ channels: 4, pool: [2, 2] }],
      rnn: { hiddenSize: 8, layers: 1, projection: 8 },
      dropout: 0,
    },
  });
  const bins = 16;
  const spec = { config: experiment.model, bins, vocabularySize: 5 };
  const executor = await createOrtExecutor(trainingSetup(experiment, spec, 1));
  try {
    const batch = makeBatch(bins);
    const losses: number[] = [];
    for (let step = 0; step < 3; step++)
      losses.push((await executor.step([batch], { learningRate: 0.01, seed: 1, step })).loss);
    if (!(losses[2]! < losses[0]!)) throw new Error(`the loss went from ${losses[0]} to ${losses[2]}`);
    return `loss ${losses.map((loss) => loss.toFixed(3)).join(' → ')}`;
  } finally {
    await executor.dispose();
  }
}

function makeBatch(bins: number): TrainingBatch {
  const [rows, frames] = [2, 40];
  const random = createRandom('selftest');
  return {
    features: Float32Array.from({ length: rows * frames * bins }, () => random.normal()),
    batch: rows,
    frames,
    bins,
    frameCounts: Int32Array.of(40, 31),
    tokens: [Int32Array.of(1, 2, 3), Int32Array.of(4, 4)],
    ids: ['noise 1', 'noise 2'],
    shape: { rows, frames, maxTokens: 4 },
  };
}

import { createInterface } from 'node:readline';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { gradients } from '../src/graph/autodiff.ts';
import { writeOnnx } from '../src/graph/onnx/writeOnnx.ts';
import { mul, reduceSum, reshape } from '../src/graph/ops/index.ts';
import type { Value } from '../src/graph/value.ts';
import type { Batch } from '../src/nn/batch.ts';
import { conformerBlock } from '../src/nn/layers/conformerBlock.ts';
import { createStepContext } from '../src/nn/layers/stepContext.ts';
import { layoutConformer } from '../src/nn/models/conformer.ts';
import { conformerBlockTensors } from '../src/nn/models/conformerTensors.ts';
import { conformerPlan } from '../src/nn/models/conformerTraining.ts';
import { initializeBuffers, initializeParameters } from '../src/nn/parameterLayout.ts';
import { modelSchema } from '../src/shared/config/modelSchema.ts';
import { createRandom } from '../src/shared/random.ts';
import type { BlockBench } from './conformer.ts';

/** Our side of bench/conformer.ts: a step per line on stdin. `PROFILE=prefix` writes ONNX Runtime's trace. */
const bench = JSON.parse(process.argv[2]!) as BlockBench & { threads: number };
const { batch, frames, dimension, heads, kernelSize, dropout } = bench;
const config = modelSchema.parse({
  type: 'conformer',
  dropout,
  conformer: { dimension, layers: 1, heads, kernelSize },
});
const layout = layoutConformer({ config, bins: 1, vocabularySize: 2 });
const { context, makeFeeds } = createStepContext({ batch, frames, maxTokens: 1 }, true);
const { graph } = context;
const flats = [
  { entries: layout.entries, flat: initializeParameters(layout, 1) },
  { entries: layout.buffers, flat: initializeBuffers(layout) },
];
const random = createRandom('bench', 'conformer');
const noise = (count: number) => Float32Array.from({ length: count }, () => random.normal());
const values = new Map<string, Value>();
const fixed: Record<string, Tensor> = {};
const inputs = new Map<string, Value>();
for (const { entries, flat } of flats) {
  for (const { name, shape, offset, size } of entries.filter((entry) => entry.name.startsWith('layers.0.'))) {
    values.set(name, graph.input(name, shape));
    fixed[name] = new Tensor(flat.subarray(offset, offset + size), shape);
  }
}
for (const name of ['x', 'seed']) {
  const shape = [batch * frames, dimension];
  inputs.set(name, graph.input(name, shape));
  fixed[name] = new Tensor(noise(batch * frames * dimension), shape);
}
const level = { name: '0', frames, outputFrames: (count: number) => count };
const plan = conformerPlan(context, config, level);
const x = inputs.get('x')!;
const tensors = conformerBlockTensors('layers.0', config.norm, (name) => values.get(name)!);
const { output, running } = graph.scope('layers.0', () => conformerBlock(plan, x, tensors));
const valid = mul(output, reshape(plan.mask, [-1, 1]));
const parameters = layout.entries.flatMap(({ name }) => values.get(name) ?? []);
const all = gradients(reduceSum(mul(valid, inputs.get('seed')!), [0, 1]), [x, ...parameters]);
const outputs: Record<string, Value> = { ...running };
for (const [i, value] of all.entries()) outputs[`gradient${i}`] = value;
const profile = process.env.PROFILE;
const session = await InferenceSession.create(writeOnnx({ outputs }), {
  graphOptimizationLevel: 'extended',
  enableMemPattern: false,
  intraOpNumThreads: bench.threads,
  ...(profile ? { enableProfiling: true, profileFilePrefix: profile } : {}),
});
const data = { batch, frameCounts: Int32Array.from(bench.lengths) } as Batch;
let step = 0;

async function runStep(): Promise<Record<'ms' | 'cpuMs', number>> {
  const start = performance.now();
  const startCpu = process.cpuUsage();
  const feeds = { ...fixed };
  for (const [name, feed] of Object.entries(makeFeeds(data, { seed: 1, step: step++ }))) {
    feeds[name] = new Tensor(feed.dtype as 'float32', feed.data as Float32Array, feed.shape);
  }
  await session.run(feeds);
  const { user, system } = process.cpuUsage(startCpu);
  return { ms: performance.now() - start, cpuMs: (user + system) / 1e3 };
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  console.log(JSON.stringify(await runStep()));
}
if (profile) session.endProfiling();
console.log(JSON.stringify({ peakMiB: process.resourceUsage().maxRSS / 1024 }));
process.exit();

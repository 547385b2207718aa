import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sessionOptions } from '../src/engine/ort/sessions.ts';
import type { Batch } from '../src/nn/batch.ts';
import { layoutParameters } from '../src/nn/models/index.ts';
import { clipScale } from '../src/nn/optimizers/adamw.ts';
import { createAdamwMemory } from '../src/nn/optimizers/adamwMemory.ts';
import { initializeBuffers, initializeParameters } from '../src/nn/parameterLayout.ts';
import { buildStepGraph } from '../src/nn/trainingStep.ts';
import { createRandom } from '../src/shared/random.ts';
import { serveSteps } from './sides.ts';
import type { StepBench } from './step.ts';

/** Our side of bench/step.ts: a training step per line on stdin. `PROFILE=prefix` writes ONNX Runtime's trace. */
const bench = JSON.parse(process.argv[2]!) as StepBench & { threads: number; engine: boolean };
/** What suits a program with one session; the engine holds dozens, and none may keep a step's memory for itself. */
const aloneOptions = { graphOptimizationLevel: 'extended', enableMemPattern: false } as const;
const spec = { config: bench.config, bins: bench.bins, vocabularySize: bench.vocabulary };
const layout = layoutParameters(spec);
const memory = createAdamwMemory(layout);
memory.parameters.set(initializeParameters(layout, 1));
const buffers = initializeBuffers(layout);
const random = createRandom('bench', 'features');
const batch: Batch = {
  features: Float32Array.from({ length: bench.batch * bench.frames * bench.bins }, () => random.normal()),
  batch: bench.batch,
  frames: bench.frames,
  bins: bench.bins,
  frameCounts: Int32Array.from(bench.lengths),
  tokens: bench.targets.map((target) => Int32Array.from(target)),
  ids: bench.lengths.map(String),
};
const maxTokens = Math.max(...bench.targets.map((target) => target.length));
const graph = buildStepGraph(spec, layout, { batch: bench.batch, frames: bench.frames, maxTokens });
const profile = process.env.PROFILE;
const session = await InferenceSession.create(graph.bytes, {
  ...(bench.engine ? sessionOptions(bench.threads) : { ...aloneOptions, intraOpNumThreads: bench.threads }),
  ...(profile ? { enableProfiling: true, profileFilePrefix: profile } : {}),
});

let step = 0;
async function runStep(): Promise<{ loss: number; gradientNorm: number }> {
  const feeds: Record<string, Tensor> = {};
  for (const [name, { data, shape, dtype }] of Object.entries(graph.feeds(batch, { seed: 1, step }))) {
    feeds[name] = new Tensor(dtype as 'float32', data as Float32Array, shape);
  }
  const put = (
    { name, shape, offset, size }: { name: string; shape: number[]; offset: number; size: number },
    flat: Float32Array,
  ) => {
    feeds[name] = new Tensor(flat.subarray(offset, offset + size), shape);
  };
  for (const entry of layout.entries) put(entry, memory.parameters);
  for (const entry of layout.buffers) put(entry, buffers);
  const fetches: Record<string, Tensor | null> = {};
  for (const name of session.outputNames) fetches[name] = null;
  fetches.gradients = new Tensor('float32', memory.gradient, [layout.total]);
  const results = await session.run(feeds, fetches);
  const [loss] = results.loss!.data as Float32Array;
  const [gradientNorm] = results.gradientNorm!.data as Float32Array;
  step++;
  memory.update({
    learningRate: bench.learningRate,
    weightDecay: bench.weightDecay,
    update: step,
    gradientScale: clipScale(gradientNorm!, bench.clipNorm),
  });
  if (results.buffers) buffers.set(results.buffers.data as Float32Array);
  return { loss: loss!, gradientNorm: gradientNorm! };
}

await serveSteps(runStep);
if (profile) session.endProfiling();
process.exit();

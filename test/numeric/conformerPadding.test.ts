import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { layoutParameters } from '../../src/nn/models/index.ts';
import { initializeBuffers } from '../../src/nn/parameterLayout.ts';
import { buildStepGraph } from '../../src/nn/trainingStep.ts';
import { modelCases } from './modelCases.ts';
import { largestDifference } from './torchFixture.ts';

const conformers = modelCases().filter(([, { config }]) => config.type === 'conformer');

test.each(conformers)('spare rows, frames and tokens of a step graph change nothing (%s)', async (_, item) => {
  const spec = { config: item.config, bins: item.bins, vocabularySize: item.vocabulary };
  const layout = layoutParameters(spec);
  const buffers = initializeBuffers(layout);
  const { features, lengths, targets } = item.batches[0]!;
  const frames = features.shape[1]!;
  const batch = {
    features: features.data,
    batch: lengths.length,
    frames,
    bins: item.bins,
    frameCounts: Int32Array.from(lengths),
    tokens: targets.map((target) => Int32Array.from(target)),
    ids: lengths.map(String),
  };
  const graph = buildStepGraph(spec, layout, { batch: lengths.length + 2, frames: frames + 39, maxTokens: 20 });
  const session = await InferenceSession.create(graph.bytes, { graphOptimizationLevel: 'extended' });
  const feeds: Record<string, Tensor> = {};
  for (const [name, { data, shape, dtype }] of Object.entries(graph.feeds(batch, { seed: 1, step: 0 }))) {
    feeds[name] = new Tensor(dtype as 'float32', data as Float32Array, shape);
  }
  const put = (flat: Float32Array) => (entry: { name: string; offset: number; size: number; shape: number[] }) => {
    feeds[entry.name] = new Tensor(flat.slice(entry.offset, entry.offset + entry.size), entry.shape);
  };
  layout.entries.forEach(put(item.initial.data));
  layout.buffers.forEach(put(buffers));
  const results = await session.run(feeds);
  await session.release();
  const [loss] = results.loss!.data as Float32Array;
  expect(Math.abs(loss! / item.losses[0]! - 1)).toBeLessThan(1e-6);
  const gradient = results.gradients!.data as Float32Array;
  expect(largestDifference(gradient, item.gradient.data)).toBeLessThan(1e-5 * item.norms[0]!);
});

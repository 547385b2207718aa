import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Batch } from '../../src/nn/batch.ts';
import { buildInferenceGraph } from '../../src/nn/inferenceGraph.ts';
import type { ModelSpec } from '../../src/nn/modelSpec.ts';
import { layoutParameters, outputFrames } from '../../src/nn/models/index.ts';
import { initializeBuffers, initializeParameters } from '../../src/nn/parameterLayout.ts';
import { buildEvaluationGraph } from '../../src/nn/trainingStep.ts';
import { experimentSchema, type ModelConfig } from '../../src/shared/config/schema.ts';
import { createRandom } from '../../src/shared/random.ts';
import { modelCases } from './modelCases.ts';
import { largestDifference } from './torchFixture.ts';

const options: InferenceSession.SessionOptions = { intraOpNumThreads: 1, enableMemPattern: false };

interface Utterance {
  frames: number;
  /** [frames, bins] */
  features: Float32Array;
}

/** Log-probabilities [frames, vocabulary] of each utterance, from one batch padded to `padTo` frames with `padding`. */
async function infer(
  session: InferenceSession,
  utterances: Utterance[],
  bins: number,
  padTo = 0,
  padding = Number.NaN,
) {
  const frames = Math.max(padTo, ...utterances.map((utterance) => utterance.frames));
  const data = new Float32Array(utterances.length * bins * frames).fill(padding);
  for (const [b, utterance] of utterances.entries()) {
    for (let t = 0; t < utterance.frames; t++) {
      for (let k = 0; k < bins; k++) data[(b * bins + k) * frames + t] = utterance.features[t * bins + k]!;
    }
  }
  const results = await session.run({
    input: new Tensor('float32', data, [utterances.length, 1, bins, frames]),
    inputLengths: new Tensor(
      'int64',
      BigInt64Array.from(utterances, ({ frames }) => BigInt(frames)),
    ),
  });
  const [, outputTime, vocabulary] = results.output!.dims as [number, number, number];
  const lengths = Array.from(results.outputLengths!.data as BigInt64Array, Number);
  const output = results.output!.data as Float32Array;
  return lengths.map((length, b) => output.slice(b * outputTime * vocabulary, (b * outputTime + length) * vocabulary));
}

function randomUtterance(name: string, frames: number, bins: number): Utterance {
  const random = createRandom('inference test', name);
  return { frames, features: Float32Array.from({ length: frames * bins }, () => random.normal()) };
}

const small: ModelConfig = experimentSchema.shape.model.parse({
  blocks: [
    { channels: 16, pool: [2, 2] },
    { channels: 24, pool: [2, 2] },
    { channels: 32, pool: [1, 2] },
  ],
  rnn: { hiddenSize: 32, projection: 24 },
});
const deep: ModelConfig = { ...small, residual: true, convolutionsPerBlock: 2 };
const conformer = experimentSchema.shape.model.parse({
  type: 'conformer',
  conformer: { dimension: 24, layers: 2, heads: 3, kernelSize: 7, subsampling: 4, subsamplingChannels: 6 },
});
const variants: [string, ModelConfig][] = [
  ['conformer, batch norm', conformer],
  [
    'conformer, layer norm, no positions',
    { ...conformer, norm: 'layer', conformer: { ...conformer.conformer, positions: 'none' } },
  ],
  [
    'conformer, no norm, subsampling 8, kernel 41',
    { ...conformer, norm: 'none', conformer: { ...conformer.conformer, subsampling: 8, kernelSize: 41 } },
  ],
  ['batch norm, two directions', small],
  ['layer norm, one direction', { ...small, norm: 'layer', rnn: { ...small.rnn, bidirectional: false } }],
  ['no norm, no projection', { ...small, norm: 'none', rnn: { ...small.rnn, projection: 0, layers: 1 } }],
  ['GRU', { ...small, rnn: { ...small.rnn, cell: 'gru' } }],
  [
    'residuals, two convolutions, layer norm, GRU in one direction',
    { ...deep, norm: 'layer', rnn: { ...small.rnn, cell: 'gru', projection: 32, bidirectional: false } },
  ],
  ['residuals, two convolutions, batch norm', deep],
];

describe.each(variants)('inference graph with %s', (_, config) => {
  const spec: ModelSpec = { config, bins: 80, vocabularySize: 29 };
  const layout = layoutParameters(spec);
  const parameters = initializeParameters(layout, 3);
  const buffers = initializeBuffers(layout).map((value, i) => value + 0.2 * Math.sin(i + 1));
  const utterances = [97, 60, 41, 4, 75, 96, 33, 80].map((frames, i) => randomUtterance(`${i}`, frames, 80));
  let session: InferenceSession;
  beforeAll(async () => {
    session = await InferenceSession.create(buildInferenceGraph(spec, { layout, parameters, buffers }), options);
  });
  afterAll(() => session.release());

  test('batch size, batch mates and padding change no result', async () => {
    const alone = await Promise.all(utterances.map(async (utterance) => (await infer(session, [utterance], 80))[0]!));
    for (const [i, output] of alone.entries()) {
      expect(output.length).toBe(outputFrames(config, utterances[i]!.frames) * 29);
    }
    for (const batch of [2, 8]) {
      for (let start = 0; start < utterances.length; start += batch) {
        const together = await infer(session, utterances.slice(start, start + batch), 80, 101);
        for (const [i, output] of together.entries()) {
          expect(largestDifference(output, alone[start + i]!)).toBeLessThan(1e-5);
        }
      }
    }
  });

  test('an utterance too short for one output frame disturbs nobody', async () => {
    const short = randomUtterance('short', 3, 80);
    const stride = 97 / outputFrames(config, 97);
    expect(stride).toBeGreaterThan(3);
    const [first, none, second] = await infer(session, [utterances[0]!, short, utterances[1]!], 80);
    expect(none).toHaveLength(0);
    expect(largestDifference(first!, (await infer(session, [utterances[0]!], 80))[0]!)).toBeLessThan(1e-5);
    expect(largestDifference(second!, (await infer(session, [utterances[1]!], 80))[0]!)).toBeLessThan(1e-5);
  });

  test('it equals the training graph in evaluation', async () => {
    const batch: Batch = {
      features: new Float32Array(8 * 97 * 80).fill(5),
      batch: 8,
      frames: 97,
      bins: 80,
      frameCounts: Int32Array.from(utterances, ({ frames }) => frames),
      tokens: utterances.map(() => Int32Array.of(1)),
      ids: [],
    };
    for (const [b, { features }] of utterances.entries()) batch.features.set(features, b * 97 * 80);
    const graph = buildEvaluationGraph(spec, layout, { batch: 8, frames: 97, maxTokens: 1 });
    const evaluation = await InferenceSession.create(graph.bytes, options);
    const feeds: Record<string, Tensor> = {};
    for (const [name, { data, shape, dtype }] of Object.entries(graph.feeds(batch))) {
      feeds[name] = new Tensor(dtype as 'float32', data as Float32Array, shape);
    }
    const put = ({ name, shape, offset, size }: (typeof layout.buffers)[number], flat: Float32Array) => {
      feeds[name] = new Tensor(flat.slice(offset, offset + size), shape);
    };
    for (const entry of layout.entries) put({ ...entry, initial: { fill: 0 } }, parameters);
    for (const entry of layout.buffers) put(entry, buffers);
    const { logits } = await evaluation.run(feeds);
    await evaluation.release();
    const exported = await infer(session, utterances, 80);
    for (const [b, output] of exported.entries()) {
      const expected = new Float32Array(output.length);
      for (let t = 0; t < output.length / 29; t++) {
        const row = (logits!.data as Float32Array).subarray((t * 8 + b) * 29, (t * 8 + b + 1) * 29);
        expected.set(logSoftmax(row), t * 29);
      }
      expect(largestDifference(output, expected)).toBeLessThan(1e-4);
    }
  });

  test('parameters as inputs and global normalisation give the same', async () => {
    const mean = Float32Array.from({ length: 80 }, (_, k) => Math.sin(k));
    const inverseStd = Float32Array.from({ length: 80 }, (_, k) => 1 + (k % 3));
    const bytes = buildInferenceGraph(spec, { layout, parameters, buffers, statistics: { mean, inverseStd } });
    const normalising = await InferenceSession.create(bytes, options);
    const raw = utterances.slice(0, 2).map(({ frames, features }) => ({
      frames,
      features: features.map((value, i) => value / inverseStd[i % 80]! + mean[i % 80]!),
    }));
    const expected = await infer(session, utterances.slice(0, 2), 80);
    for (const [i, output] of (await infer(normalising, raw, 80)).entries()) {
      // Undoing and redoing the normalisation rounds inputs to 1e-7 relative.
      expect(largestDifference(output, expected[i]!)).toBeLessThan(1e-4);
    }
    await normalising.release();
    const open = await InferenceSession.create(buildInferenceGraph(spec, { layout }), options);
    expect(open.inputNames).toEqual([
      'input',
      'inputLengths',
      ...[...layout.entries, ...layout.buffers].map(({ name }) => name),
    ]);
    await open.release();
  });
});

test.each(modelCases())('the inference graph equals PyTorch in eval mode (%s)', async (_, item) => {
  const spec: ModelSpec = { config: item.config, bins: item.bins, vocabularySize: item.vocabulary };
  const layout = layoutParameters(spec);
  const bytes = buildInferenceGraph(spec, {
    layout,
    parameters: item.initial.data,
    buffers: initializeBuffers(layout),
  });
  const session = await InferenceSession.create(bytes, options);
  const batch = item.batches[0]!;
  const frames = batch.features.shape[1]!;
  const utterances = batch.lengths.map((count, b) => ({
    frames: count,
    features: batch.features.data.slice(b * frames * item.bins, (b * frames + count) * item.bins),
  }));
  const outputs = await infer(session, utterances, item.bins);
  const outputTime = item.evaluated.shape[1]!;
  for (const [b, output] of outputs.entries()) {
    for (let t = 0; t < output.length / item.vocabulary; t++) {
      const start = (b * outputTime + t) * item.vocabulary;
      const expected = logSoftmax(item.evaluated.data.subarray(start, start + item.vocabulary));
      expect(largestDifference(output.subarray(t * item.vocabulary, (t + 1) * item.vocabulary), expected)).toBeLessThan(
        1e-5,
      );
    }
  }
  await session.release();
});

function logSoftmax(row: Float32Array): number[] {
  const top = Math.max(...row);
  const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0)) + top;
  return Array.from(row, (value) => value - total);
}

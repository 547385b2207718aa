import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { runWithDecoder } from '../../src/engine/ort/attentionDecoder.ts';
import { toInput } from '../../src/engine/ort/batchInput.ts';
import { logSoftmax } from '../../src/graph/ops/index.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { buildDecoderGraph } from '../../src/nn/decoderGraph.ts';
import { buildInferenceGraph } from '../../src/nn/inferenceGraph.ts';
import { attentionDecoder } from '../../src/nn/layers/attentionDecoder.ts';
import { createStepContext } from '../../src/nn/layers/stepContext.ts';
import { layoutInputs } from '../../src/nn/layoutInputs.ts';
import type { ModelSpec } from '../../src/nn/modelSpec.ts';
import { layoutParameters, models, outputFrames } from '../../src/nn/models/index.ts';
import { initializeBuffers, initializeParameters } from '../../src/nn/parameterLayout.ts';
import { modelSchema } from '../../src/shared/config/modelSchema.ts';
import { createRandom } from '../../src/shared/random.ts';
import { type FeedContent, runGraph } from './ort.ts';
import { largestDifference } from './torchFixture.ts';

const attention = {
  enabled: true,
  hiddenSize: 12,
  embeddingSize: 6,
  attentionSize: 8,
  locationChannels: 3,
  locationKernel: 7,
};
const configs = {
  crnn: { blocks: [{ channels: 6, pool: [2, 2] }], rnn: { hiddenSize: 10, layers: 1, projection: 8 }, attention },
  conformer: {
    type: 'conformer',
    conformer: { dimension: 8, layers: 1, heads: 2, kernelSize: 5, subsampling: 2, subsamplingChannels: 4 },
    attention,
  },
};
const vocabularySize = 7;
const bins = 10;
const frames = [34, 22, 9];
const tokens = [[1, 2, 2, 6, 3], [4], []];
const options = { intraOpNumThreads: 1, enableMemPattern: false };

function setUp(config: unknown) {
  const spec: ModelSpec = { config: modelSchema.parse(config), bins, vocabularySize };
  const layout = layoutParameters(spec);
  const parameters = initializeParameters(layout, 5);
  // Sharp alignments and confident tokens, which a fresh model has not.
  for (const { name, offset, size } of layout.entries)
    if (/decoder\.(energy|filter|output)\.weight/.test(name))
      for (let i = offset; i < offset + size; i++) parameters[i]! *= 6;
  const random = createRandom('decoder graph');
  const longest = Math.max(...frames);
  const batch: Batch = {
    features: Float32Array.from({ length: frames.length * longest * bins }, () => random.normal()),
    batch: frames.length,
    frames: longest,
    bins,
    frameCounts: Int32Array.from(frames),
    tokens: tokens.map((list) => Int32Array.from(list)),
    ids: frames.map(String),
  };
  for (const [b, count] of frames.entries())
    batch.features.fill(0, (b * longest + count) * bins, (b + 1) * longest * bins);
  return { spec, layout, parameters, buffers: initializeBuffers(layout), batch };
}

/** Teacher-forced log-probabilities of the graph that trains, [steps, batch, vocabulary]. */
async function trained({ spec, layout, parameters, buffers, batch }: ReturnType<typeof setUp>): Promise<Float32Array> {
  const sizes = { batch: batch.batch, frames: batch.frames, maxTokens: 5 };
  const { context, makeFeeds } = createStepContext(sizes, false);
  const features = context.graph.input('features', [sizes.batch, 1, sizes.frames, bins]);
  const tensor = layoutInputs(context.graph, layout);
  const forward = models[spec.config.type].training(context, spec, tensor, features);
  const logits = attentionDecoder(context, spec, tensor, forward);
  const feeds: Record<string, FeedContent> = { features: batch.features };
  for (const { name, offset, size } of layout.entries) feeds[name] = parameters.subarray(offset, offset + size);
  for (const { name, offset, size } of layout.buffers) feeds[name] = buffers.subarray(offset, offset + size);
  for (const [name, feed] of Object.entries(makeFeeds(batch, { seed: 0, step: 0 }))) feeds[name] = feed.data;
  const { scores } = await runGraph({ scores: logSoftmax(logits, 2) }, feeds);
  return scores.data as Float32Array;
}

test.each(Object.entries(configs))('the decoder that transcribes is the one that trained (%s)', async (_, config) => {
  const made = setUp(config);
  const { spec, layout, parameters, buffers, batch } = made;
  const expected = await trained(made);
  const weights = { layout, parameters, buffers };
  const encoder = await InferenceSession.create(buildInferenceGraph(spec, { ...weights, forDecoder: true }), options);
  const decoder = await InferenceSession.create(buildDecoderGraph(spec, weights), options);
  const { input, mels, time } = toInput(batch);
  const heard = await encoder.run({
    input: new Tensor('float32', input, [3, 1, mels, time]),
    inputLengths: new Tensor('int64', BigInt64Array.from(frames, BigInt), [3]),
  });
  const [, outputTime, width] = heard.encoded!.dims as [number, number, number];
  const size = heard.keys!.dims[1]!;
  for (const [b, list] of tokens.entries()) {
    const valid = outputFrames(spec.config, frames[b]!);
    const encoded = (heard.encoded!.data as Float32Array).slice(
      b * outputTime * width,
      (b * outputTime + valid) * width,
    );
    const keys = new Float32Array(size * valid);
    for (let i = 0; i < size; i++) {
      const from = (b * size + i) * outputTime;
      keys.set((heard.keys!.data as Float32Array).subarray(from, from + valid), i * valid);
    }
    let state = new Tensor('float32', new Float32Array(12), [1, 12]);
    let cell = state;
    let alignment = new Tensor('float32', new Float32Array(valid).fill(1 / valid), [1, valid]);
    for (const [u, previous] of [0, ...list].entries()) {
      const step = await decoder.run({
        encoded: new Tensor('float32', encoded, [valid, width]),
        keys: new Tensor('float32', keys, [size, valid]),
        previous: new Tensor('int32', Int32Array.of(previous), [1]),
        ...{ state, cell, alignment },
      });
      const from = (u * 3 + b) * vocabularySize;
      const scores = step.logProbabilities!.data as Float32Array;
      // float32 through encoder and up to six recurrent steps; logits near 10.
      expect(largestDifference(scores, expected.subarray(from, from + vocabularySize))).toBeLessThan(1e-4);
      [state, cell, alignment] = [step.nextState, step.nextCell, step.nextAlignment] as [
        typeof state,
        typeof state,
        typeof state,
      ];
    }
  }
  const { losses } = await runWithDecoder(
    { encoder, decoder },
    toInput(batch),
    { type: 'attention', beamWidth: 1, ctcWeight: 0 },
    { transcripts: batch.tokens },
  );
  for (const [b, list] of tokens.entries()) {
    const crossEntropy = [...list, 0].reduce(
      (sum, token, u) => sum - expected[(u * 3 + b) * vocabularySize + token]!,
      0,
    );
    expect(losses![b]! - crossEntropy).toBeCloseTo(0, 3);
  }
  await Promise.all([encoder.release(), decoder.release()]);
});

test('batch mates change no search', async () => {
  const { spec, layout, parameters, buffers, batch } = setUp(configs.crnn);
  const weights = { layout, parameters, buffers };
  const encoder = await InferenceSession.create(buildInferenceGraph(spec, { ...weights, forDecoder: true }), options);
  const decoder = await InferenceSession.create(buildDecoderGraph(spec, weights), options);
  const run = (of: Batch, type: 'attention' | 'joint', beamWidth: number) =>
    runWithDecoder({ encoder, decoder }, toInput(of), { type, beamWidth, ctcWeight: 0.3 });
  const alone = (b: number): Batch => ({
    ...batch,
    batch: 1,
    frames: frames[b]!,
    features: batch.features.slice(b * 34 * bins, (b * 34 + frames[b]!) * bins),
    frameCounts: Int32Array.of(frames[b]!),
    tokens: [batch.tokens[b]!],
  });
  for (const type of ['attention', 'joint'] as const) {
    const together = await run(batch, type, 4);
    for (const b of frames.keys()) {
      const own = (await run(alone(b), type, 4)).decoded![0]!;
      const expected = together.decoded![b]!;
      expect(own.tokens).toEqual(expected.tokens);
      expect(own.frames).toEqual(expected.frames);
      expect(largestDifference(own.confidence, expected.confidence)).toBeLessThan(1e-4);
      expect(Math.max(-1, ...own.frames)).toBeLessThan(outputFrames(spec.config, frames[b]!));
    }
  }
  await Promise.all([encoder.release(), decoder.release()]);
});

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { buildInferenceGraph } from '../../src/nn/inferenceGraph.ts';
import type { ModelSpec } from '../../src/nn/modelSpec.ts';
import { layoutParameters } from '../../src/nn/models/index.ts';
import { type StreamingReach, streamingReach } from '../../src/nn/models/streamingReach.ts';
import { initializeBuffers, initializeParameters } from '../../src/nn/parameterLayout.ts';
import { buildStreamingGraph, streamingStates } from '../../src/nn/streamingGraph.ts';
import { experimentSchema, type ModelConfig } from '../../src/shared/config/schema.ts';
import { createRandom } from '../../src/shared/random.ts';
import { largestDifference } from './torchFixture.ts';

const options: InferenceSession.SessionOptions = { intraOpNumThreads: 1, enableMemPattern: false };
const bins = 24;
const vocabularySize = 11;
const frames = 131;

const small: ModelConfig = experimentSchema.shape.model.parse({
  blocks: [
    { channels: 6, pool: [2, 2] },
    { channels: 8, pool: [2, 2] },
    { channels: 10, pool: [1, 2] },
  ],
  rnn: { hiddenSize: 16, projection: 12, bidirectional: false },
});
const deep: ModelConfig = { ...small, residual: true, convolutionsPerBlock: 2 };
const variants: [string, ModelConfig, StreamingReach][] = [
  // By hand: one output frame is [−1, 1] before the last block's convolution, [−2 − 1, 3 + 1] before the second's pool
  // and convolution, [−6 − 1, 9 + 1] before the first's; its own frames are 0 to 3.
  ['LSTM, batch norm', small, { stride: 4, leftFrames: 8, rightFrames: 7 }],
  [
    'GRU, layer norm, no projection',
    { ...small, norm: 'layer', rnn: { ...small.rnn, cell: 'gru', projection: 0 } },
    { stride: 4, leftFrames: 8, rightFrames: 7 },
  ],
  // [−2, 2], [−4 − 2, 5 + 2], [−12 − 2, 15 + 2].
  [
    'LSTM, residuals, two convolutions, no norm',
    { ...deep, norm: 'none', rnn: { ...small.rnn, projection: 16, layers: 3 } },
    { stride: 4, leftFrames: 16, rightFrames: 14 },
  ],
];

describe.each(variants)('a stream through %s', (_, config, reach) => {
  const spec: ModelSpec = { config, bins, vocabularySize };
  const layout = layoutParameters(spec);
  const parameters = initializeParameters(layout, 5).map((value) => 3 * value);
  const buffers = initializeBuffers(layout).map((value, i) => value + 0.2 * Math.sin(i + 1));
  const random = createRandom('streaming test');
  const statistics = {
    mean: Float32Array.from({ length: bins }, () => random.normal()),
    inverseStd: Float32Array.from({ length: bins }, () => 0.5 + random.next()),
  };
  const features = Float32Array.from({ length: frames * bins }, () => 2 * random.normal());
  const given = { layout, parameters, buffers, statistics };

  /** [1, 1, bins, to − from] */
  const windowOf = (from: number, to: number) => {
    const data = new Float32Array(bins * (to - from));
    for (let t = from; t < to; t++)
      for (let k = 0; k < bins; k++) data[k * (to - from) + t - from] = features[t * bins + k]!;
    return new Tensor('float32', data, [1, 1, bins, to - from]);
  };

  async function offline(): Promise<Float32Array> {
    const session = await InferenceSession.create(buildInferenceGraph(spec, given), options);
    const { output } = await session.run({
      input: windowOf(0, frames),
      inputLengths: new Tensor('int64', BigInt64Array.of(BigInt(frames)), [1]),
    });
    await session.release();
    return output!.data as Float32Array;
  }

  async function streamed(
    session: InferenceSession,
    chunk: number,
    lookAhead: number,
    ahead = 0,
  ): Promise<Float32Array> {
    const { stride, leftFrames } = reach;
    let states: Record<string, Tensor> = Object.fromEntries(
      streamingStates(spec).map(({ name, shape }) => [
        name,
        new Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b)), shape),
      ]),
    );
    const total = Math.floor(frames / stride);
    const result = new Float32Array(total * vocabularySize);
    for (let next = 0; next < total; next += chunk) {
      const end = Math.min(total, next + chunk);
      const from = Math.max(0, next * stride - leftFrames);
      const to = end === total ? frames : Math.min(frames, end * stride + lookAhead + ahead * stride);
      const more = end === total ? 0 : Math.min(ahead, Math.floor(to / stride) - end);
      const kept = Array.from({ length: end + more - next }, (_, i) => BigInt(next + i - from / stride));
      const results = await session.run({
        input: windowOf(from, to),
        inputLengths: new Tensor('int64', BigInt64Array.of(BigInt(to - from)), [1]),
        kept: new Tensor('int64', BigInt64Array.from(kept), [kept.length]),
        last: new Tensor('int64', BigInt64Array.of(BigInt(end - next - 1)), []),
        ...states,
      });
      const settled = (results.output!.data as Float32Array).subarray(0, (end - next) * vocabularySize);
      result.set(settled, next * vocabularySize);
      states = Object.fromEntries(Object.keys(states).map((name) => [name, results[`next.${name}`]!]));
    }
    return result;
  }

  test('gives what the whole recording gives, for any chunk, once the look-ahead is there', async () => {
    expect(streamingReach(config)).toEqual(reach);
    const session = await InferenceSession.create(buildStreamingGraph(spec, given), options);
    const expected = await offline();
    expect(expected).toHaveLength(32 * vocabularySize);
    for (const chunk of [1, 2, 3, 4, 7, 32])
      expect([chunk, largestDifference(await streamed(session, chunk, reach.rightFrames), expected) < 1e-4]).toEqual([
        chunk,
        true,
      ]);
    // A look at frames whose own look-ahead is missing leaves no trace.
    expect(largestDifference(await streamed(session, 4, reach.rightFrames, 3), expected)).toBeLessThan(1e-4);
    // One frame less is one too few: the declared look-ahead is no larger than it must be.
    expect(largestDifference(await streamed(session, 4, reach.rightFrames - 1), expected)).toBeGreaterThan(1e-3);
    await session.release();
  });
});

test('a model that reads both ways, or the whole utterance, does not stream', () => {
  const both = { ...small, rnn: { ...small.rnn, bidirectional: true } };
  expect(streamingReach(both)).toBeUndefined();
  expect(streamingReach({ ...small, type: 'conformer' })).toBeUndefined();
  const spec = { config: both, bins, vocabularySize };
  const layout = layoutParameters(spec);
  const given = { layout, parameters: new Float32Array(layout.total), buffers: new Float32Array(layout.bufferTotal) };
  expect(() => buildStreamingGraph(spec, given)).toThrow('one direction');
});

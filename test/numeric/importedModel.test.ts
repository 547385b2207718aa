import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, expect, test } from 'vitest';
import { createFeatureExtractor } from '../../src/dsp/features.ts';
import { openModel } from '../../src/engine/model/openModel.ts';
import { planFrontend } from '../../src/engine/model/planFrontend.ts';
import { createRecognizer } from '../../src/engine/model/recognizer.ts';
import { runAdapted } from '../../src/engine/ort/adaptedModel.ts';
import { toInput } from '../../src/engine/ort/batchInput.ts';
import type { ModelAdapter } from '../../src/engine/ort/protocol.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { writeOnnx } from '../../src/graph/onnx/writeOnnx.ts';
import { conv, identity, logSoftmax, reshape, softmax, squeeze, transpose } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { frontendValues } from '../../src/nn/frontendGraph.ts';
import { featuresSchema } from '../../src/shared/config/featuresSchema.ts';
import type { ModelMapping } from '../../src/shared/config/modelMappingSchema.ts';
import { createRandom } from '../../src/shared/random.ts';
import { largestDifference } from './torchFixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'imported-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mels = 80;
const units = 4;
const stride = 8;
const random = createRandom('imported model');
const weight = Float32Array.from({ length: units * mels }, () => 0.3 * random.normal());
const clip = (samples: number) =>
  Float32Array.from({ length: samples }, (_, i) => 0.2 * random.normal() * Math.sin(i / 900));
const clips = [clip(16_000), clip(9_777)];

/** A linear layer on every eighth frame: small enough to be computed by hand. x [batch, mels, time] → logits [batch, units, time / 8]. */
const linear = (x: Value) => conv(x, x.graph.constant(weight, [units, mels, 1]), undefined, { strides: [stride] });

/** The same by hand, from features [frames, mels]: log-probabilities with the last unit, NeMo's blank, first. */
function byHand({ frames, data }: { frames: number; data: Float32Array }): number[] {
  const result: number[] = [];
  for (let frame = 0; frame < frames; frame += stride) {
    const logits = Array.from({ length: units }, (_, unit) => {
      let sum = 0;
      for (let mel = 0; mel < mels; mel++) sum += weight[unit * mels + mel]! * data[frame * mels + mel]!;
      return sum;
    });
    const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value), 0));
    result.push(...[3, 0, 1, 2].map((unit) => logits[unit]! - total));
  }
  return result;
}

function nemoModel(): Uint8Array {
  const graph = createGraph();
  const audio = graph.input('audio_signal', ['batch', mels, 'time']);
  const length = graph.input('length', ['batch'], 'int64');
  const logprobs = logSoftmax(transpose(linear(audio), [0, 2, 1]), -1);
  // The lengths are an input of every such export, used or not.
  return writeOnnx({
    outputs: { logprobs, kept: identity(length) },
    metadata: {
      vocab_size: '3',
      normalize_type: 'per_feature',
      subsampling_factor: '8',
      model_type: 'EncDecCTCModelBPE',
    },
  });
}

test("a model in NeMo's layout is transcribed by its own metadata and tokens, its blank moved to the front", async () => {
  const file = join(folder, 'nemo.onnx');
  writeFileSync(file, nemoModel());
  writeFileSync(join(folder, 'tokens.txt'), '▁a 0\nb 1\n▁c 2\n<blk> 3\n');
  const model = await openModel(file, () => undefined);
  expect(model.metadata).toMatchObject({
    vocabulary: ['<blank>', ' a', 'b', ' c'],
    timeStride: 8,
    text: { case: 'lower' },
  });
  const spec = featuresSchema.parse({ type: 'nemo', normalization: 'utterance' });
  expect(model.metadata.features).toEqual(spec);
  const recognizer = await createRecognizer(model, 1);
  const extractor = await createFeatureExtractor(spec);
  const expected = byHand(extractor.extract(clips[0]!));
  const tokens: number[] = [];
  let previous = 0;
  for (let frame = 0; frame < expected.length; frame += units) {
    const row = expected.slice(frame, frame + units);
    const best = row.indexOf(Math.max(...row));
    if (best !== 0 && best !== previous) tokens.push(best);
    previous = best;
  }
  const text = tokens
    .map((token) => ['', ' a', 'b', ' c'][token])
    .join('')
    .trim();
  expect(text.length).toBeGreaterThan(3);
  expect((await recognizer.recognize(clips[0]!, 0)).text).toBe(text);
  await recognizer.dispose();
});

type Output = ModelMapping['output'];
interface Layout {
  input: ModelMapping['input']['layout'];
  output: Output['layout'];
  kind: Output['kind'];
  build(x: Value): Value;
  shape: (number | string)[];
}
const utteranceFeatures = featuresSchema.parse({ normalization: 'utterance' });
const layouts: Layout[] = [
  {
    input: 'batch,time,bins',
    output: 'batch,vocabulary,time',
    kind: 'logits',
    shape: ['batch', 'time', mels],
    build: (x) => linear(transpose(x, [0, 2, 1])),
  },
  {
    input: 'batch,1,bins,time',
    output: 'time,batch,vocabulary',
    kind: 'probabilities',
    shape: ['batch', 1, mels, 'time'],
    build: (x) => transpose(softmax(linear(reshape(x, [0, mels, -1])), 1), [2, 0, 1]),
  },
];

test.each(layouts)('input [$input] to output [$output] of $kind', async ({ input, output, kind, build, shape }) => {
  const graph = createGraph();
  const bytes = writeOnnx({ outputs: { out: build(graph.input('in', shape)) } });
  const session = await InferenceSession.create(bytes);
  const adapter = {
    input: { name: 'in', layout: input },
    inputLengths: null,
    output: { name: 'out', kind, layout: output },
    outputLengths: null,
    blank: 3,
    vocabularySize: units,
  };
  const extractor = await createFeatureExtractor(utteranceFeatures);
  const matrices = clips.map((samples) => extractor.extract(samples));
  const frames = matrices[0]!.frames;
  const features = new Float32Array(2 * frames * mels).fill(Number.NaN);
  for (const [row, { data }] of matrices.entries()) features.set(data, row * frames * mels);
  const frameCounts = Int32Array.from(matrices, (matrix) => matrix.frames);
  const batch = toInput({ features, batch: 2, frames, bins: mels, frameCounts, tokens: [], ids: [] });
  const result = await runAdapted(session, batch, adapter);
  await session.release();
  for (const [row, matrix] of matrices.entries()) {
    const expected = byHand(matrix);
    expect(result.lengths[row]).toBe(expected.length / units);
    const start = row * result.outputFrames * units;
    const own = result.logProbabilities.subarray(start, start + expected.length);
    expect(largestDifference(own, expected)).toBeLessThan(1e-4);
  }
});

test('a waveform goes in as it is, and a wrong mapping is said to be wrong', async () => {
  const { features, frameCounts } = frontendValues(createGraph(), planFrontend(utteranceFeatures), 'batch');
  const logits = transpose(linear(squeeze(features, [1])), [0, 2, 1]);
  const session = await InferenceSession.create(writeOnnx({ outputs: { logits, frameCounts } }));
  const adapter: ModelAdapter = {
    input: { name: 'waveform', layout: 'waveform' },
    inputLengths: { name: 'waveformLengths', dtype: 'int64' },
    output: { name: 'logits', kind: 'logits', layout: 'batch,time,vocabulary' },
    outputLengths: null,
    blank: 3,
    vocabularySize: units,
  };
  const [samples] = clips;
  const lengths = Int32Array.of(samples!.length);
  const batch = { input: samples!, batch: 1, mels: 1, time: samples!.length, lengths };
  const expected = byHand((await createFeatureExtractor(utteranceFeatures)).extract(samples!));
  const { logProbabilities } = await runAdapted(session, batch, adapter);
  expect(largestDifference(logProbabilities, expected)).toBeLessThan(1e-4);
  const wrong = runAdapted(session, batch, { ...adapter, vocabularySize: 5 });
  await expect(wrong).rejects.toThrow(/"logits" has the shape \[1, 13, 4\] for one utterance; .* with 5 units/);
  await session.release();
});

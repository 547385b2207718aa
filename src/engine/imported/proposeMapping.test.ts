import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterAll, expect, test } from 'vitest';
import { memorySource } from '../../dsp/byteSource.ts';
import { createFeatureExtractor } from '../../dsp/features.ts';
import type { ProposedMapping } from '../../shared/config/modelMappingSchema.ts';
import { UserError } from '../../shared/problem.ts';
import { summarizeOnnx } from '../onnxTensors.ts';
import { waveformFeatures } from './importModel.ts';
import { proposeMapping } from './proposeMapping.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-mapping-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Dim = number | string;
const port = (name: string, elemType: number, shape: Dim[]) => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});
const float = 1;
const int64 = 7;

interface Model {
  inputs: object[];
  outputs: object[];
  nodes?: object[];
  metadata?: Record<string, string>;
}

/** The proposal for a model with these files beside it. */
async function propose(name: string, model: Model, files: Record<string, string> = {}): Promise<ProposedMapping> {
  const directory = join(folder, name);
  mkdirSync(directory);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  const message = onnx.ModelProto.fromObject({
    irVersion: 8,
    graph: { input: model.inputs, output: model.outputs, node: model.nodes ?? [] },
    metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
  });
  const summary = await summarizeOnnx(memorySource(onnx.ModelProto.encode(message).finish()));
  return proposeMapping(join(directory, 'model.onnx'), summary);
}

/** As NeMo writes a CTC model and sherpa-onnx's script completes it. */
const nemo: Model = {
  inputs: [port('audio_signal', float, ['b', 80, 't']), port('length', int64, ['b'])],
  outputs: [port('logprobs', float, ['b', 't8', 4])],
  nodes: [{ opType: 'LogSoftmax', input: ['x'], output: ['logprobs'] }],
  metadata: {
    vocab_size: '3',
    normalize_type: 'per_feature',
    subsampling_factor: '8',
    model_type: 'EncDecCTCModelBPE',
  },
};
const nemoTokens = '▁a 0\nb 1\n▁ 2\n<blk> 3\n';

test("a NeMo model is understood by sherpa-onnx's metadata and its tokens", async () => {
  const { source, proposal, missing, faults, reasons } = await propose('nemo', nemo, { 'tokens.txt': nemoTokens });
  expect({ source, missing, faults }).toEqual({ source: 'metadata', missing: [], faults: [] });
  expect(proposal).toEqual({
    input: { name: 'audio_signal', layout: 'batch,bins,time' },
    inputLengths: 'length',
    output: { name: 'logprobs', kind: 'logProbabilities', layout: 'batch,time,vocabulary' },
    outputLengths: null,
    vocabulary: { tokens: 'tokens.txt' },
    blank: 'last',
    case: 'lower',
    features: { type: 'nemo', mels: 80, normalization: 'utterance' },
    timeStride: 8,
  });
  expect(Object.keys(reasons)).toEqual(expect.arrayContaining(Object.keys(proposal)));
});

test('what is not known is named, with the choices', async () => {
  const found = await propose('bare', {
    inputs: [port('state', float, [3]), port('feats', float, ['batch', 'time', 40])],
    outputs: [port('hidden', float, [3]), port('out', float, ['time', 'batch', 30])],
    nodes: [
      { opType: 'Softmax', input: ['y'], output: ['z'] },
      { opType: 'Transpose', input: ['z'], output: ['out'] },
    ],
  });
  expect(found.source).toBe('guess');
  expect(found.proposal).toMatchObject({
    input: { name: 'feats', layout: 'batch,time,bins' },
    inputLengths: null,
    output: { name: 'out', kind: 'probabilities', layout: 'time,batch,vocabulary' },
    blank: 0,
  });
  expect(found.missing).toEqual(['features', 'vocabulary', 'timeStride']);
  expect(found.faults).toEqual([expect.stringMatching(/input "state" is neither audio nor lengths/)]);
  expect(found.reasons.vocabulary).toMatch(/30 units/);
  expect(found.choices.inputs[1]).toEqual({ name: 'feats', dtype: 'float32', shape: ['batch', 'time', 40] });
});

test.each([
  ['waveform', port('input_values', float, ['b', 's']), 'waveform'],
  ['one channel', port('input', float, ['b', 1, 64, 't']), 'batch,1,bins,time'],
])('the layout of %s', async (name, input, layout) => {
  const { proposal } = await propose(name, { inputs: [input], outputs: [port('logits', float, ['b', 't', 32])] });
  expect(proposal.input).toMatchObject({ layout });
});

test('units and output that do not agree, and features that are not supported, are faults', async () => {
  const { faults } = await propose(
    'faults',
    { ...nemo, metadata: { ...nemo.metadata, normalize_type: 'all_features' } },
    { 'tokens.txt': 'a 0\n<blk> 1\n' },
  );
  expect(faults).toEqual([
    expect.stringMatching(/tokens\.txt has 2 units.*has 4/),
    expect.stringMatching(/normalised as all_features are not supported/),
  ]);
});

test('the sidecar counts before all else, and a wrong one is named by its keys', async () => {
  const sidecar = {
    input: { name: 'audio_signal', layout: 'batch,bins,time' },
    output: { name: 'logprobs' },
    vocabulary: ['a', 'b', ' ', ''],
    timeStride: 4,
  };
  const good = await propose('sidecar', nemo, { 'model.asr-model.json': JSON.stringify(sidecar) });
  expect(good).toMatchObject({
    source: 'sidecar',
    missing: [],
    proposal: { timeStride: 4, blank: 'last', version: 1 },
  });
  const wrong = { ...sidecar, output: { nam: 'x' }, timeStride: 0 };
  const refused = propose('wrong', nemo, { 'model.asr-model.json': JSON.stringify(wrong) });
  await expect(refused).rejects.toThrow(UserError);
  await expect(refused).rejects.toThrow(/model\.asr-model\.json: output\.name/);
});

test('a list of units says which line is wrong', async () => {
  const twice = propose('twice', nemo, { 'tokens.txt': 'a 0\nb 0\n' });
  await expect(twice).rejects.toThrow(/tokens\.txt:2: unit "b" has the index 0/);
});

test("wav2vec 2.0's waveform is normalised as its own extractor does", async () => {
  const { proposal } = await propose('wav2vec', {
    inputs: [port('input_values', float, ['b', 's'])],
    outputs: [port('logits', float, ['b', 't', 32])],
  });
  expect(proposal.features).toEqual({ sampleRateHz: 16_000, normalization: 'utterance' });
  const extractor = await createFeatureExtractor(waveformFeatures(16_000, 'utterance'));
  // Mean 0.5, variance 0.25: by hand (x − 0.5) / √(0.25 + 1e-7).
  const { data } = extractor.extract(Float32Array.of(0, 1, 1, 0));
  const far = 0.5 / Math.sqrt(0.25 + 1e-7);
  for (const [i, expected] of [-far, far, far, -far].entries()) expect(data[i]).toBeCloseTo(expected, 6);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type ModelMetadata, renderMetadata } from '../src/engine/model/modelMetadata.ts';
import { openModel } from '../src/engine/model/openModel.ts';
import { rowByRow, singleRows } from '../src/engine/model/rowByRow.ts';
import { toInput } from '../src/engine/ort/batchInput.ts';
import { startOrtClient } from '../src/engine/ortClient.ts';
import { type QuantizationOptions, quantize } from '../src/engine/quantize/quantization.ts';
import type { QuantizationReport } from '../src/engine/quantize/report.ts';
import { encodeModel } from '../src/graph/onnx/encodeModel.ts';
import { readModel } from '../src/graph/onnx/readModel.ts';
import { buildInferenceGraph } from '../src/nn/inferenceGraph.ts';
import { layoutParameters } from '../src/nn/models/index.ts';
import { initializeBuffers, initializeParameters } from '../src/nn/parameterLayout.ts';
import { timeStride } from '../src/shared/config/derived.ts';
import { experimentSchema } from '../src/shared/config/schema.ts';
import { createRandom } from '../src/shared/random.ts';
import type { Evaluation } from '../src/training/executor.ts';
import { callEngine } from './callEngine.ts';
import { writeToneCorpus } from './faults/toneCorpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'quantize-'));
const client = startOrtClient();
afterAll(async () => {
  await client.dispose();
  rmSync(folder, { recursive: true, force: true });
});
const manifest = writeToneCorpus(folder, 'tones', 6);
const vocabulary = ['<blank>', 'a', 'b', 'c', 'd'];

/** A model of random weights, exported; sharpened, so that its transcripts are not empty. */
function exportModel(name: string, rnn: Record<string, unknown>): string {
  const experiment = experimentSchema.parse({
    data: { train: ['none'] },
    text: { case: 'lower', keep: 'abcd' },
    features: { sampleRateHz: 8000, fftSize: 256, windowSamples: 200, hopSamples: 80, mels: 24 },
    model: {
      blocks: [
        { channels: 8, pool: [2, 2] },
        { channels: 16, pool: [1, 2] },
      ],
      rnn: { hiddenSize: 32, layers: 2, projection: 64, ...rnn },
    },
  });
  const spec = { config: experiment.model, bins: 24, vocabularySize: vocabulary.length };
  const layout = layoutParameters(spec);
  const parameters = initializeParameters(layout, 3);
  const random = createRandom('quantize test', name);
  for (const { name: entry, offset, size } of layout.entries)
    if (entry === 'output.weight') for (let i = 0; i < size; i++) parameters[offset + i] = 4 * random.normal();
  const metadata: ModelMetadata = {
    name,
    vocabulary,
    features: experiment.features,
    text: experiment.text,
    statistics: null,
    timeStride: timeStride(experiment.model),
    engineVersion: '0',
  };
  const options = { layout, parameters, buffers: initializeBuffers(layout), metadata: renderMetadata(metadata) };
  const file = join(folder, `${name}.onnx`);
  writeFileSync(file, buildInferenceGraph(spec, options));
  return file;
}

const options: QuantizationOptions = {
  method: 'static',
  calibration: 'percentile',
  ops: undefined,
  largestError: 0.1,
  keepSlower: true,
  threads: 1,
  batches: singleRows(noiseBatch()).map(toInput),
  timed: [toInput(singleRows(noiseBatch())[1]!)],
  passes: 2,
  progress: () => undefined,
};

async function quantizeFile(file: string, changes: Partial<QuantizationOptions>) {
  const float = readFileSync(file);
  const result = await quantize(float, { ...options, ...changes }, client);
  return { sites: result.sites, float, int8: encodeModel(result.model) };
}

const operatorsIn = (bytes: Uint8Array) => readModel(bytes).graph.nodes.map(({ operator }) => operator);

/** A batch of two utterances of unequal length, seeded noise; what lies behind the shorter one's end must not matter. */
function noiseBatch() {
  const random = createRandom('quantize test', 'noise');
  const features = Float32Array.from({ length: 2 * 90 * 24 }, () => 3 * random.normal() - 4);
  const frameCounts = Int32Array.of(90, 61);
  return { features, batch: 2, frames: 90, bins: 24, frameCounts, tokens: [], ids: ['a', 'b'] };
}

/** Valid log-probabilities of each utterance in a batch, and of each alone. */
async function evaluateNoise(bytes: Uint8Array) {
  await client.call('openModel', bytes, 1);
  const evaluate = rowByRow((batch) => client.call('infer', toInput(batch)));
  const valid = ({ lengths, outputFrames, logProbabilities }: Evaluation, row: number) => {
    const start = row * outputFrames * vocabulary.length;
    return logProbabilities.slice(start, start + lengths[row]! * vocabulary.length);
  };
  const [together, padded] = [await evaluate(noiseBatch()), await client.call('infer', toInput(noiseBatch()))];
  const alone: Float32Array[] = [];
  for (const row of singleRows(noiseBatch())) alone.push(valid(await evaluate(row), 0));
  return {
    alone,
    together: alone.map((_, row) => valid(together, row)),
    padded: alone.map((_, row) => valid(padded, row)),
  };
}

/** Root mean square of the difference over that of what is expected. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  let noise = 0;
  let signal = 0;
  for (const [i, value] of expected.entries()) {
    noise += (actual[i]! - value) ** 2;
    signal += value ** 2;
  }
  return Math.sqrt(noise / signal);
}

// Random weights spread activations over their whole range, where 8 bits resolve 1/255 of it per product and some five
// products follow one another; a wrong axis, scale or order of gates gives errors above 0.5.
const nearness = 0.08;

it.each([
  ['lstm', true],
  ['lstm', false],
  ['gru', true],
  ['gru', false],
] as const)('keeps what a CRNN says: %s, two directions %s', async (cell, bidirectional) => {
  const file = exportModel(`${cell}${bidirectional ? 2 : 1}`, { cell, bidirectional });
  const { sites, float, int8 } = await quantizeFile(file, {});
  expect(Object.fromEntries(sites.map(({ site, form }) => [site.name, form]))).toEqual({
    'blocks.0/Conv': 'static',
    'blocks.1/Conv': 'static',
    'projection/MatMul': 'static',
    [`rnn.0/${cell.toUpperCase()}`]: 'dynamic',
    [`rnn.1/${cell.toUpperCase()}`]: 'dynamic',
    'output/MatMul': 'static',
  });
  for (const { site, relativeError: error } of sites) expect(error, site.name).toBeLessThan(0.05);
  const [exact, near] = [await evaluateNoise(float), await evaluateNoise(int8)];
  for (const row of [0, 1]) {
    expect(relativeError(near.alone[row]!, exact.alone[row]!)).toBeLessThan(nearness);
    expect([...near.together[row]!]).toEqual([...near.alone[row]!]);
    // What other runtimes get from a batch, masks and reversal included.
    expect(relativeError(near.padded[row]!, exact.alone[row]!)).toBeLessThan(nearness);
  }
});

it('convolutions and products with fixed scales do not look at batch mates', async () => {
  const file = exportModel('fixed', { cell: 'lstm', bidirectional: true });
  const { sites, int8 } = await quantizeFile(file, { ops: ['Conv', 'MatMul'] });
  expect(sites.map(({ form }) => form)).toEqual(['static', 'static', 'static', 'stored', 'stored', 'static']);
  const { alone, padded } = await evaluateNoise(int8);
  for (const row of [0, 1]) expect(relativeError(padded[row]!, alone[row]!)).toBeLessThan(1e-5);
});

it('measures, evaluates and transcribes with what it wrote', async () => {
  const file = exportModel('whole', { cell: 'lstm', bidirectional: true });
  const out = join(folder, 'whole.int8.onnx');
  const args = [
    '--manifest',
    manifest,
    '--dev',
    manifest,
    '--calibration',
    'entropy',
    '--keep-slower',
    '--threads',
    '1',
  ];
  const quantized = await callEngine('quantize', file, '--out', out, ...args, '--json');
  expect(quantized.code, quantized.error).toBe(0);
  const report = JSON.parse(quantized.out) as QuantizationReport;
  expect(report.bytes.after).toBe(readFileSync(out).length);
  expect(report.wer).toMatchObject({ utterances: 6, difference: report.wer!.after - report.wer!.before });
  expect(report.wer!.interval95[0]).toBeLessThanOrEqual(report.wer!.difference);
  expect(report.wer!.interval95[1]).toBeGreaterThanOrEqual(report.wer!.difference);
  const operators = operatorsIn(readFileSync(out));
  for (const gone of ['Conv', 'MaxPool', 'MatMul', 'LSTM']) expect(operators).not.toContain(gone);
  const { metadata } = await openModel(out, () => undefined);
  const quantization = { method: 'static', calibration: 'entropy', rowByRow: true };
  expect(metadata).toMatchObject({ vocabulary, quantization });
  const evaluated = await callEngine('evaluate', out, '--manifest', manifest, '--json');
  const { utterances, wer } = JSON.parse(evaluated.out);
  expect(wer).toBe(report.wer!.after);
  const heard = await callEngine('transcribe', out, join(folder, 'tones', '3.wav'), '--json');
  const own = utterances.find(({ audioFilepath }: { audioFilepath: string }) => audioFilepath.endsWith('/3.wav'));
  expect(JSON.parse(heard.out)[0].text).toBe(own.hypothesis);
  const again = await callEngine('quantize', out, '--manifest', manifest, '--out', join(folder, 'x.onnx'));
  expect(again).toMatchObject({ code: 1, error: expect.stringContaining('is INT8 already') });
}, 240_000);

it('leaves out what errs too much, down to the model as it was, and says int8-conv', async () => {
  const file = exportModel('strict', { cell: 'gru', bidirectional: false });
  const { sites, float, int8 } = await quantizeFile(file, {
    method: 'dynamic',
    ops: ['Conv', 'GRU'],
    largestError: 1e-7,
  });
  for (const { form, site, rejected } of sites) {
    expect(form).toBe('float');
    expect(rejected.map((one) => one.form)).toEqual(site.kind === 'MatMul' ? ['stored'] : ['dynamic', 'stored']);
  }
  const [exact, same] = [await evaluateNoise(float), await evaluateNoise(int8)];
  for (const row of [0, 1]) expect(relativeError(same.alone[row]!, exact.alone[row]!)).toBeLessThan(1e-5);
  const none = ['--manifest', join(folder, 'none.jsonl'), '--out', join(folder, 'x.onnx')];
  const { error } = await callEngine('quantize', file, ...none, '--method', 'dynamic', '--ops', 'Conv');
  expect(error).toContain('warning int8-conv: dynamic INT8 makes convolutions slower');
});

it('leaves out what is slower on this machine: an integer convolution with scales of the moment', async () => {
  const file = exportModel('slower', { cell: 'lstm', bidirectional: false });
  const { sites } = await quantizeFile(file, { method: 'dynamic', ops: ['Conv'], keepSlower: false, passes: 8 });
  for (const { site, form, rejected } of sites) {
    expect(form).toBe('stored');
    if (site.kind !== 'Conv') continue;
    expect(rejected).toMatchObject([{ form: 'dynamic', reason: 'not-faster' }]);
    expect(rejected[0]!.ms!).toBeGreaterThan(rejected[0]!.floatMs!);
  }
});

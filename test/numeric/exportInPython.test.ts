import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { planFrontend } from '../../src/engine/model/planFrontend.ts';
import { opsetRange } from '../../src/graph/onnx/opsets.ts';
import { buildInferenceGraph } from '../../src/nn/inferenceGraph.ts';
import type { ModelSpec } from '../../src/nn/modelSpec.ts';
import { layoutParameters } from '../../src/nn/models/index.ts';
import { initializeBuffers, initializeParameters } from '../../src/nn/parameterLayout.ts';
import { experimentSchema } from '../../src/shared/config/schema.ts';
import { UserError } from '../../src/shared/problem.ts';
import { createRandom } from '../../src/shared/random.ts';
import { onnxPython, unlessOnnxPython } from '../onnxPython.ts';
import { largestDifference } from './torchFixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { features, model: crnn } = experimentSchema.parse({
  data: { train: ['x'] },
  features: { mels: 16, topDb: 80, reference: 'max', padMode: 'reflect' },
  model: { blocks: [{ channels: 4, pool: [2, 2] }], rnn: { hiddenSize: 8, layers: 1, projection: 8 } },
});
const conformer = experimentSchema.shape.model.parse({
  type: 'conformer',
  conformer: { dimension: 16, layers: 1, heads: 2, kernelSize: 7, subsampling: 4, subsamplingChannels: 4 },
});

function build(config: ModelSpec['config'], opset: number): Uint8Array {
  const spec = { config, bins: 16, vocabularySize: 5 };
  const layout = layoutParameters(spec);
  const baked = { layout, parameters: initializeParameters(layout, 2), buffers: initializeBuffers(layout) };
  return buildInferenceGraph(spec, { ...baked, frontend: planFrontend(features), opset });
}

const random = createRandom('export in Python');
const samples = 6000;
const waveform = Float32Array.from({ length: 2 * samples }, () => 0.1 * random.normal());
const lengths = [samples, 4321];

interface Report {
  opset: number;
  irVersion: number;
  outputs: Record<string, (string | number)[]>;
  results: Record<string, { shape: number[]; data: number[] }>;
}

function checkInPython(bytes: Uint8Array, name: string): Report {
  const model = join(folder, `${name}.onnx`);
  const feeds = join(folder, `${name}.json`);
  writeFileSync(model, bytes);
  const waveforms = { dtype: 'float32', shape: [2, samples], data: Array.from(waveform) };
  writeFileSync(
    feeds,
    JSON.stringify({ waveform: waveforms, waveformLengths: { dtype: 'int64', shape: [2], data: lengths } }),
  );
  const script = join(import.meta.dirname, '../../scripts/checkExport.py');
  const { status, stdout, stderr } = spawnSync(onnxPython, [script, model, feeds], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Report;
}

async function runHere(bytes: Uint8Array) {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const results = await session.run({
    waveform: new Tensor('float32', waveform, [2, samples]),
    waveformLengths: new Tensor('int64', BigInt64Array.from(lengths, BigInt)),
  });
  await session.release();
  return results;
}

describe.skipIf(unlessOnnxPython)("exports with a front end pass onnx.checker and run in Python's onnxruntime", () => {
  test.each([
    ['crnn', crnn, 17, 8],
    ['conformer', conformer, opsetRange.max, 11],
  ] as const)('%s', async (name, config, opset, irVersion) => {
    const bytes = build(config, opset);
    const report = checkInPython(bytes, name);
    expect(report).toMatchObject({ opset, irVersion, outputs: { output: ['batch', expect.any(String), 5] } });
    const here = await runHere(bytes);
    expect(report.results.outputLengths!.data).toEqual(Array.from(here.outputLengths!.data as BigInt64Array, Number));
    expect(report.results.output!.shape).toEqual(here.output!.dims);
    expect(largestDifference(report.results.output!.data, here.output!.data as Float32Array)).toBeLessThan(1e-5);
  });
});

test('every opset on offer loads and gives the same; one that lacks an op is refused by its name', async () => {
  const layerNorm = { ...crnn, norm: 'layer' as const };
  const reference = await runHere(build(layerNorm, 17));
  for (const opset of [18, opsetRange.max]) {
    const { output } = await runHere(build(layerNorm, opset));
    expect(largestDifference(output!.data as Float32Array, reference.output!.data as Float32Array)).toBeLessThan(1e-5);
  }
  expect((await runHere(build(crnn, opsetRange.min))).output!.dims).toEqual(reference.output!.dims);
  expect(() => build(conformer, 16)).toThrow(UserError);
  expect(() => build(conformer, 16)).toThrow(/LayerNormalization, which ONNX has since opset 17, not 16/);
  expect(() => build(crnn, opsetRange.max + 1)).toThrow(/opset 24 is not written; choose 14 to 23/);
});

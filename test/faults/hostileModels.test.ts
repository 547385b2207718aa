import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMetadata } from '../../src/engine/model/modelMetadata.ts';
import { openModel } from '../../src/engine/model/openModel.ts';
import { createRecognizer } from '../../src/engine/model/recognizer.ts';
import { buildInferenceGraph } from '../../src/nn/inferenceGraph.ts';
import { layoutParameters } from '../../src/nn/models/index.ts';
import { initializeBuffers, initializeParameters } from '../../src/nn/parameterLayout.ts';
import { experimentSchema } from '../../src/shared/config/schema.ts';
import { UserError } from '../../src/shared/problem.ts';

/** Models as an attacker, or a torn download, might write them. Each must be refused by name, and the engine live on. */
const folder = mkdtempSync(join(tmpdir(), 'hostile-models-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const vocabulary = ['<blank>', 'a', 'b'];
const good = makeModel();

function makeModel(): Uint8Array {
  const experiment = experimentSchema.parse({
    data: { train: ['x'] },
    features: { mels: 16 },
    model: { blocks: [{ channels: 2, pool: [2, 2] }], rnn: { hiddenSize: 4, layers: 1, projection: 4 } },
  });
  const { features, text, model } = experiment;
  const spec = { config: model, bins: 16, vocabularySize: 3 };
  const layout = layoutParameters(spec);
  return buildInferenceGraph(spec, {
    layout,
    parameters: initializeParameters(layout, 1),
    buffers: initializeBuffers(layout),
    metadata: renderMetadata({
      name: 'm',
      vocabulary,
      features,
      text,
      statistics: null,
      timeStride: 2,
      engineVersion: '',
    }),
  });
}

type Model = onnx.ModelProto;
type Tensor = onnx.ITensorProto;

/** The good model, changed. */
function changed(change: (model: Model, graph: onnx.IGraphProto) => void): Uint8Array {
  const model = onnx.ModelProto.decode(good);
  change(model, model.graph!);
  return onnx.ModelProto.encode(model).finish();
}
const fromFile = (location?: string): Tensor => ({
  name: 'stolen',
  dims: [1],
  dataType: 1,
  dataLocation: 1,
  externalData: location === undefined ? [] : [{ key: 'location', value: location }],
});
const withTensor = (tensor: Tensor) => changed((_, graph) => graph.initializer!.push(tensor));
const withNode = (node: onnx.INodeProto) => changed((_, graph) => graph.node!.unshift(node));
const holding = (graph: onnx.IGraphProto): onnx.INodeProto => ({
  opType: 'If',
  input: ['inputLengths'],
  output: ['x'],
  attribute: [{ name: 'then_branch', type: 5, g: graph }],
});
const withProperty = (key: string, value: string) =>
  changed((model) => {
    for (const property of model.metadataProps) if (property.key === key) property.value = value;
  });

interface Case {
  bytes: Uint8Array;
  /** Makes what the model points at. */
  prepare?(directory: string): void;
  refused: RegExp;
}

const outside = join(folder, 'secret.bin');
const external = (location: string | undefined, refused: RegExp, prepare?: Case['prepare']): Case => ({
  bytes: withTensor(fromFile(location)),
  refused,
  ...(prepare ? { prepare } : {}),
});

const cases: Record<string, Case> = {
  'nothing at all': { bytes: new Uint8Array(0), refused: /holds no graph/ },
  'random bytes': {
    bytes: Uint8Array.from({ length: 900 }, (_, i) => (i * i * 37 + 11) & 255),
    refused: /not a readable ONNX/,
  },
  'a page of text': { bytes: Buffer.from('<html>404 not found</html>'), refused: /not a readable ONNX/ },
  'a download that broke off': { bytes: good.subarray(0, good.length >> 1), refused: /reaches past its end/ },
  'no graph': { bytes: onnx.ModelProto.encode({ irVersion: 8 }).finish(), refused: /holds no graph/ },
  'weights at an absolute path': external('/etc/passwd', /absolute path/),
  'weights in a folder above': external('../secret.bin', /outside its folder/),
  'weights in a folder above, by a detour': external('a/../../secret.bin', /outside its folder/),
  'weights through a symbolic link': external('w.bin', /link to outside/, (to) =>
    symlinkSync(outside, join(to, 'w.bin')),
  ),
  'weights through a linked folder': external('d/secret.bin', /link to outside/, (to) =>
    symlinkSync(folder, join(to, 'd')),
  ),
  'weights through a hard link': external('w.bin', /hard link/, (to) => linkSync(outside, join(to, 'w.bin'))),
  'weights in a file beside it': external('w.bin', /save it as one file/, (to) =>
    writeFileSync(join(to, 'w.bin'), 'xxxx'),
  ),
  'weights in a file that is not there': external('w.bin', /not there/),
  'weights elsewhere, without saying where': external(undefined, /has no name/),
  'weights elsewhere, two graphs deep': {
    bytes: withNode(holding({ node: [holding({ initializer: [fromFile('/etc/passwd')] })] })),
    refused: /absolute path/,
  },
  'weights elsewhere, in a constant': {
    bytes: withNode({
      opType: 'Constant',
      output: ['x'],
      attribute: [{ name: 'value', type: 4, t: fromFile('/etc/passwd') }],
    }),
    refused: /absolute path/,
  },
  'operators of a foreign library': {
    bytes: withNode({ opType: 'Run', domain: 'evil', output: ['x'] }),
    refused: /operator set "evil"/,
  },
  'operators of a foreign library in a subgraph': {
    bytes: withNode(holding({ node: [{ opType: 'Run', domain: 'evil', output: ['x'] }] })),
    refused: /operator set "evil"/,
  },
  'a compiled part that names a file': {
    bytes: withNode({ opType: 'EPContext', domain: 'com.microsoft', output: ['x'] }),
    refused: /EPContext/,
  },
  'functions that unfold without end': {
    bytes: Buffer.concat([good, Buffer.from([0xca, 0x01, 0x03, 0x0a, 0x01, 0x66])]), // functions (25): { name: "f" }
    refused: /functions of its own/,
  },
  'a tensor that claims more than it holds': {
    bytes: withTensor({ name: 'big', dims: [1 << 20], dataType: 1, rawData: new Uint8Array(4) }),
    refused: /"big" claims 1048576 elements/,
  },
  'a tensor of more bytes than there are': {
    bytes: withTensor({ name: 'big', dims: [2 ** 40, 2 ** 40], dataType: 1, floatData: [1] }),
    refused: /"big" claims/,
  },
  'a tensor with a negative size': {
    bytes: withTensor({ name: 'big', dims: [-1], dataType: 1, rawData: new Uint8Array(4) }),
    refused: /"big" claims/,
  },
  'a tensor without data': { bytes: withTensor({ name: 'big', dims: [8], dataType: 7 }), refused: /"big" claims 8/ },
  'graphs in graphs in graphs': {
    bytes: withNode(
      Array.from({ length: 60 }).reduce<onnx.INodeProto>((inner) => holding({ node: [inner] }), { opType: 'Relu' }),
    ),
    refused: /nested too deeply/,
  },
  'a property of megabytes': { bytes: withProperty('name', 'x'.repeat(3 << 20)), refused: /takes 3\.1 MB/ },
  'properties without number': {
    bytes: changed((model) => {
      for (let i = 0; i < 20_000; i++) model.metadataProps.push(onnx.StringStringEntryProto.create({ key: `${i}` }));
    }),
    refused: /properties are more than/,
  },
  'a vocabulary that is none': { bytes: withProperty('vocabulary', '{"a":'), refused: /metadata cannot be read/ },
  'a vocabulary of another length': {
    bytes: withProperty('vocabulary', '["<blank>","a"]'),
    refused: /3 units, its vocabulary 2/,
  },
  'features that would fill memory': {
    bytes: withProperty('features', '{"fftSize":1073741824,"mels":16}'),
    refused: /metadata cannot be read/,
  },
  'features of another size': { bytes: withProperty('features', '{"mels":20}'), refused: /16 bins, its features 20/ },
  'other inputs': {
    bytes: changed((_, graph) => (graph.input![0]!.name = 'x')),
    refused: /inputs \(x, inputLengths\)/,
  },
  'other types of inputs': {
    bytes: changed((_, graph) => (graph.input![0]!.type!.tensorType!.elemType = 8)),
    refused: /"input" holds string/,
  },
  'other outputs': { bytes: changed((_, graph) => graph.output!.reverse()), refused: /its outputs/ },
  'a stranger without a mapping': {
    bytes: changed((model) => (model.metadataProps = [])),
    refused: /not exported here.*asr-model\.json/,
  },
  'an operator that does not exist': {
    bytes: withNode({ opType: 'Bogus', output: ['x'] }),
    refused: /onnxruntime cannot load it/,
  },
  'a constant of petabytes': {
    bytes: changed((_, graph) => {
      for (const node of graph.node!) node.output = node.output!.map((name) => (name === 'output' ? 'before' : name));
      graph.initializer!.push({ name: 'size', dims: [1], dataType: 7, int64Data: [2 ** 48] });
      graph.node!.push(
        { name: 'huge', opType: 'ConstantOfShape', input: ['size'], output: ['huge'] },
        { name: 'sum', opType: 'ReduceSum', input: ['huge'], output: ['sum'] },
        { name: 'add', opType: 'Add', input: ['before', 'sum'], output: ['output'] },
      );
    }),
    refused: /onnxruntime cannot (load|run) it/,
  },
};

/** Opens it as every command does, and loads it into the process that runs graphs. */
async function load(file: string): Promise<void> {
  const model = await openModel(file, () => undefined);
  const recognizer = await createRecognizer(model, 1);
  try {
    await recognizer.recognize(new Float32Array(16_000), 0);
  } finally {
    await recognizer.dispose();
  }
}

beforeAll(() => writeFileSync(outside, 'secret'));

test('the model that is not hostile runs', async () => {
  const file = join(folder, 'good.onnx');
  writeFileSync(file, good);
  await load(file);
});

test.each(Object.entries(cases))('row 8: %s', async (name, { bytes, prepare, refused }) => {
  const directory = join(folder, name.replaceAll(/\W/g, '-'));
  mkdirSync(directory);
  prepare?.(directory);
  const file = join(directory, 'model.onnx');
  writeFileSync(file, bytes);
  const error = await load(file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, String((error as Error | undefined)?.stack)).toBeInstanceOf(UserError);
  expect((error as UserError).message).toMatch(refused);
  expect((error as UserError).message).toContain(file);
});

test('row 8: three gigabytes are refused without being read', async () => {
  const file = join(folder, 'large.onnx');
  writeFileSync(file, good);
  truncateSync(file, 3 * 2 ** 30);
  await expect(load(file)).rejects.toThrow(/large\.onnx: 3\.2 GB; an ONNX file cannot exceed 2 GB/);
});

import fc from 'fast-check';
import { onnx } from 'onnx-proto';
import { expect, test } from 'vitest';
import { memorySource } from '../dsp/byteSource.ts';
import { UserError } from '../shared/problem.ts';
import { summarizeOnnx } from './onnxTensors.ts';

const tensor = (name: string, extra: object = {}) => ({
  name,
  dims: [2, 3],
  dataType: 1,
  rawData: new Uint8Array(24),
  ...extra,
});
const elsewhere = { dataLocation: 1, externalData: [{ key: 'location', value: 'weights.bin' }] };
const encode = (graph: object, more: object = {}) =>
  onnx.ModelProto.encode(onnx.ModelProto.fromObject({ irVersion: 8, graph, ...more })).finish();
const summarize = (bytes: Uint8Array) => summarizeOnnx(memorySource(bytes));

test('names, types, shapes and metadata come out', async () => {
  const bytes = encode(
    {
      input: [{ name: 'input' }, { name: 'inputLengths' }],
      output: [{ name: 'output' }],
      initializer: [tensor('weight'), tensor('scale', { dims: [], dataType: 10 })],
    },
    {
      metadataProps: [
        { key: 'vocabulary', value: '["é"]' },
        { key: '__proto__', value: 'x' },
      ],
    },
  );
  const summary = await summarize(bytes);
  expect(summary).toMatchObject({
    inputs: ['input', 'inputLengths'],
    outputs: ['output'],
    tensors: [
      { name: 'weight', dtype: 'float32', shape: [2, 3] },
      { name: 'scale', dtype: 'float16', shape: [] },
    ],
    externalFiles: [],
  });
  expect(Object.entries(summary.metadata)).toEqual([
    ['vocabulary', '["é"]'],
    ['__proto__', 'x'],
  ]);
});

test('weights are skipped, not read', async () => {
  const bytes = encode({
    initializer: [tensor('big', { dims: [1 << 20], rawData: new Uint8Array(4 << 20) }), tensor('next')],
  });
  let read = 0;
  const counting = {
    size: bytes.length,
    read: (offset: number, length: number) => {
      read += Math.min(length, bytes.length - offset);
      return Promise.resolve(bytes.subarray(offset, offset + length));
    },
  };
  expect((await summarizeOnnx(counting)).tensors.map(({ name }) => name)).toEqual(['big', 'next']);
  expect(read).toBeLessThan(200_000);
});

const attribute = (value: object) => ({ node: [{ opType: 'X', attribute: [{ name: 'a', ...value }] }] });
test.each([
  ['an initializer', { initializer: [tensor('w', elsewhere)] }],
  ['a constant', attribute({ t: tensor('w', elsewhere) })],
  ['a list of constants', attribute({ tensors: [tensor('w', elsewhere)] })],
  ['a subgraph', attribute({ g: { initializer: [tensor('w', elsewhere)] } })],
  ['a subgraph of a subgraph', attribute({ graphs: [attribute({ g: attribute({ t: tensor('w', elsewhere) }) })] })],
])('data of %s in another file is found', async (_, graph) => {
  expect((await summarize(encode(graph))).externalFiles).toEqual(['weights.bin']);
});

test('external data without a location is external all the same', async () => {
  expect((await summarize(encode({ initializer: [tensor('w', { dataLocation: 1 })] }))).externalFiles).toEqual(['']);
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['text', new TextEncoder().encode('hello world, this is no model')],
  ['a model without a graph', onnx.ModelProto.encode(onnx.ModelProto.fromObject({ irVersion: 8 })).finish()],
  ['a cut model', encode({ initializer: [tensor('w')] }).subarray(0, 20)],
])('%s is refused', async (_, bytes) => {
  await expect(summarize(bytes)).rejects.toThrow(UserError);
});

test('no bytes make it crash or hang', async () => {
  const good = encode({ ...attribute({ g: { initializer: [tensor('w')] } }), initializer: [tensor('v')] });
  const broken = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
    const bytes = good.slice();
    for (const [at, value] of changes) bytes[at] = value;
    return bytes;
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(broken, fc.uint8Array({ maxLength: 200 })), async (bytes) => {
      await summarize(bytes).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
      });
    }),
    { numRuns: 500 },
  );
});

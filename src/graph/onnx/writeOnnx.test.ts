import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { runGraph } from '../../../test/numeric/ort.ts';
import { gradients } from '../autodiff.ts';
import { createGraph } from '../graph.ts';
import { add, cast, conv, maxPool, mul, relu, scan, sub, transpose } from '../ops/index.ts';
import type { Value } from '../value.ts';
import { readNodeName } from './names.ts';
import { writeOnnx } from './writeOnnx.ts';

function decode(outputs: Record<string, Value>, rest: Omit<Parameters<typeof writeOnnx>[0], 'outputs'> = {}) {
  const model = onnx.ModelProto.decode(writeOnnx({ outputs, ...rest }));
  expect(onnx.ModelProto.verify(model)).toBeNull();
  return model;
}
const namesOf = (items: readonly { name?: string | null }[] | null | undefined) =>
  (items ?? []).map(({ name }) => name);

describe('writeOnnx', () => {
  it('writes inputs in the order of declaration, with types and named dims', () => {
    const graph = createGraph();
    const b = graph.input('b', ['batch', 3], 'int64');
    const a = graph.input('a', [], 'int64');
    const model = decode({ sum: add(a, b) });
    expect(namesOf(model.graph?.input)).toEqual(['b', 'a']);
    const types = model.graph!.input!.map((input) => input.type!.tensorType!);
    expect(types.map(({ elemType }) => elemType)).toEqual([7, 7]);
    expect(types[0]!.shape!.dim!.map((dim) => dim.dimParam || Number(dim.dimValue))).toEqual(['batch', 3]);
    expect(types[1]!.shape!.dim).toEqual([]);
    expect(Number(model.irVersion)).toBe(8);
    expect(model.opsetImport!.map(({ domain, version }) => [domain, Number(version)])).toEqual([['', 17]]);
  });

  it('keeps metadata, negative integers and text beyond ASCII', () => {
    const graph = createGraph();
    const x = graph.input('x', [2, 3]);
    const start = graph.constant([-5], [1], 'int64');
    const metadata = { vocabulary: 'aäß語𝄞', empty: '' };
    const model = decode({ y: transpose(x, [1, 0]), start }, { metadata });
    expect(model.metadataProps!.map(({ key, value }) => [key, value])).toEqual(Object.entries(metadata));
    const tensor = model.graph!.initializer![0]!;
    expect(new BigInt64Array(tensor.rawData!.slice().buffer)).toEqual(new BigInt64Array([-5n]));
    const attribute = model.graph!.node![0]!.attribute![0]!;
    expect([attribute.name, attribute.ints!.map(Number)]).toEqual(['perm', [1, 0]]);
  });

  it('leaves out what no output needs', () => {
    const graph = createGraph();
    const x = graph.input('x', [1, 1, 4, 4]);
    const [pooled, indices] = maxPool(relu(x), { kernel: [2, 2] });
    add(mul(x, 3), 1);
    const pooledOnly = decode({ pooled: pooled! }).graph!;
    expect(pooledOnly.node!.map(({ opType }) => opType)).toEqual(['Relu', 'MaxPool']);
    expect(pooledOnly.node![1]!.output).toEqual(['pooled']);
    expect(pooledOnly.initializer).toEqual([]);
    expect(decode({ pooled: pooled!, indices: indices! }).graph!.node![1]!.output).toEqual(['pooled', 'indices']);
  });

  it('calls nodes after layer, op and phase', () => {
    const graph = createGraph();
    const x = graph.input('x', [1, 2, 4, 4]);
    const w = graph.input('w', [3, 2, 3, 3]);
    const y = graph.scope('encoder', () => graph.scope('conv0', () => conv(x, w)));
    const model = decode({ y, dx: gradients(y, [x])[0]! });
    const names = namesOf(model.graph?.node);
    expect(names).toContain('encoder/conv0/Conv');
    expect(names).toContain('backward/encoder/conv0/Conv');
    expect(new Set(names).size).toBe(names.length);
    expect(readNodeName('backward/encoder/conv0/Conv_2')).toEqual({
      layer: 'encoder/conv0',
      op: 'Conv',
      backward: true,
    });
    expect(readNodeName('Relu')).toEqual({ layer: '', op: 'Relu', backward: false });
    const fused = 'backward/blocks.0/MatMul_1/MatmulTransposeFusion/';
    expect(readNodeName(fused)).toEqual({ layer: 'blocks.0', op: 'MatMul', backward: true });
    const split = 'rnn.0/Reshape_3_new_reshape';
    expect(readNodeName(split)).toEqual({ layer: 'rnn.0', op: 'Reshape', backward: false });
    const converted = 'InsertedPrecisionFreeCast_backward/rnn.0/Gemm_1';
    expect(readNodeName(converted)).toEqual({ layer: 'rnn.0', op: 'Gemm', backward: true });
    expect(readNodeName('fused node 7')).toBeUndefined();
  });

  it('gives inputs, constants and twice-named values an Identity', async () => {
    const graph = createGraph();
    const x = graph.input('x', [2]);
    const double = mul(x, 2);
    const outputs = { same: x, one: graph.constant([1, 2]), double, again: double };
    const results = await runGraph(outputs, { x: [3, 4] });
    expect(Object.values(results).map(({ numbers }) => numbers)).toEqual([
      [3, 4],
      [1, 2],
      [6, 8],
      [6, 8],
    ]);
    expect(() => writeOnnx({ outputs: { x: double } })).toThrow("called 'x'");
    expect(() => writeOnnx({ outputs: {} })).toThrow('at least one output');
  });

  it('turns inputs into initialisers', async () => {
    const graph = createGraph();
    const x = graph.input('x', [2]);
    const y = add(x, graph.input('bias', [2]));
    const initializers = { bias: new Float32Array([10, 20]) };
    const model = decode({ y }, { initializers });
    expect([namesOf(model.graph?.input), namesOf(model.graph?.initializer)]).toEqual([['x'], ['bias']]);
    expect((await runGraph({ y }, { x: [1, 2] }, initializers)).y.numbers).toEqual([11, 22]);
    expect(() => writeOnnx({ outputs: { y }, initializers: { bias: new Float32Array(3) } })).toThrow('3 elements');
    expect(() => writeOnnx({ outputs: { y }, initializers: { b: new Float32Array(2) } })).toThrow("called 'b'");
  });

  it('writes bodies with their own names, inside each other too', async () => {
    const graph = createGraph();
    const x = graph.input('x', [2, 3]);
    const weight = graph.input('weight', []);
    const large = graph.constant(new Float32Array(2000).fill(1));
    const inner = (row: Value) =>
      scan({
        states: [graph.constant(0)],
        inputs: [row],
        step: ([sum], [item]) => ({ states: [add(sum!, mul(item!, weight))], outputs: [sub(item!, 1), item!] }),
      });
    const { outputs } = scan({
      states: [],
      inputs: [x],
      step(_, [row]) {
        const { states, outputs: less } = inner(row!);
        return { states: [], outputs: [states[0]!, less[0]!, less[0]!, weight, add(large, states[0]!)] };
      },
    });
    const named = Object.fromEntries(outputs.map((output, i) => [`y${i}`, output]));
    const outer = decode(named).graph!;
    const body = outer.node![0]!.attribute!.find(({ name }) => name === 'body')!.g!;
    expect(namesOf(outer.initializer)).toHaveLength(1);
    const all = [
      ...outer.node!,
      ...body.node!,
      ...body.node!.flatMap((node) => node.attribute!.flatMap((a) => a.g?.node ?? [])),
    ];
    expect(new Set(namesOf(all)).size).toBe(all.length);
    const results = await runGraph(named, { x: [1, 2, 3, 4, 5, 6], weight: [2] });
    expect(results.y0!.numbers).toEqual([12, 30]);
    expect(results.y2!.numbers).toEqual([0, 1, 2, 3, 4, 5]);
    expect(results.y3!.numbers).toEqual([2, 2]);
    expect(results.y4!.numbers.slice(-1)).toEqual([31]);
  });

  // Again when another process took the machine's memory bandwidth.
  it('writes 256 MB within a second', { retry: 3 }, () => {
    const graph = createGraph();
    const weights = new Float32Array(2 ** 26).fill(1.5);
    const y = mul(graph.input('weights', [2 ** 26]), 2);
    const start = performance.now();
    const bytes = writeOnnx({ outputs: { y }, initializers: { weights } });
    expect(performance.now() - start).toBeLessThan(1000);
    expect(bytes.length).toBeGreaterThan(2 ** 28);
    expect(bytes.length).toBeLessThan(2 ** 28 + 1000);
  });

  it('writes half precision as ONNX Runtime reads it', async () => {
    const graph = createGraph();
    const numbers = [0.1, -1e-7, 65504, 1 / 3, 2049, 0];
    const written = cast(graph.constant(numbers, [6], 'float16'), 'float32');
    const converted = cast(cast(graph.input('x', [6]), 'float16'), 'float32');
    const results = await runGraph({ written, converted }, { x: numbers });
    expect(results.written.numbers).toEqual(results.converted.numbers);
    expect(results.written.numbers[4]).toBe(2048);
  });

  it('refuses more than 2 GB with a message that says so', () => {
    const graph = createGraph();
    const quarter = new Float32Array(2 ** 27);
    const shape = [quarter.length];
    const sum = [1, 2, 3, 4].map(() => graph.constant(quarter, shape)).reduce((a, b) => add(a, b));
    expect(() => writeOnnx({ outputs: { sum } })).toThrow('The model takes 2.1 GB; an ONNX file cannot exceed 2 GB.');
  });
});

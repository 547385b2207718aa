import { expect, test } from 'vitest';
import { createGraph } from '../graph.ts';
import { add, conv, matMul, scan } from '../ops/index.ts';
import { encodeModel } from './encodeModel.ts';
import { fileTensor, floatsOf, integersAttribute } from './modelFile.ts';
import { bytesField, type Encoded, integerField, message, messageField, stringField } from './protobuf.ts';
import { readModel } from './readModel.ts';
import { writeOnnx } from './writeOnnx.ts';

function encoded(value: Encoded): Uint8Array {
  const bytes = new Uint8Array(value.size);
  value.write(bytes, 0);
  return bytes;
}

function sample(): Uint8Array {
  const graph = createGraph();
  const x = graph.input('x', ['batch', 2, 4, 4]);
  const weight = graph.constant(
    Float32Array.from({ length: 12 }, (_, i) => i / 8 - 0.5),
    [3, 2, 1, 2],
  );
  const y = conv(x, weight, undefined, { strides: [1, 2], pads: [0, 1, 0, 0] });
  const state = graph.input('state', [2, 2]);
  const step = ([s]: readonly (typeof x)[], [i]: readonly (typeof x)[]) => ({
    states: [add(matMul(s!, s!), i!)],
    outputs: [s!],
  });
  const { outputs } = scan({ states: [state], inputs: [graph.input('frames', [5, 2, 2])], step });
  return writeOnnx({ outputs: { y, states: outputs[0]! }, metadata: { name: 'Größe 语 😀', other: '' } });
}

test('reads what is written here, and writes it so that it reads the same', () => {
  const model = readModel(sample());
  expect(model.metadata).toEqual({ name: 'Größe 语 😀', other: '' });
  expect([...model.opsets]).toEqual([['', 17]]);
  const node = model.graph.nodes.find(({ operator }) => operator === 'Conv')!;
  expect(integersAttribute(node, 'pads')).toEqual([0, 1, 0, 0]);
  expect(integersAttribute(node, 'strides')).toEqual([1, 2]);
  const weight = model.graph.initializers.find(({ name }) => name === node.inputs[1])!;
  expect(weight.dims).toEqual([3, 2, 1, 2]);
  expect([...floatsOf(weight)].slice(0, 3)).toEqual([-0.5, -0.375, -0.25]);
  expect(model.graph.inputs.map(({ name }) => name)).toEqual(['x', 'state', 'frames']);
  expect(readModel(encodeModel(model))).toEqual(model);
});

test('reads elements that stand in fields of their type, packed and one by one', () => {
  const tensors = [
    message([integerField(1, 2), integerField(2, 7), integerField(7, -3), integerField(7, 5), stringField(8, 'long')]),
    message([
      bytesField(1, Uint8Array.of(3)),
      integerField(2, 3),
      bytesField(5, encodedVarints(-1, 2, 127)),
      stringField(8, 'small'),
    ]),
    message([
      integerField(1, 1),
      integerField(2, 1),
      bytesField(4, new Uint8Array(Float32Array.of(1.5).buffer)),
      stringField(8, 'float'),
    ]),
  ];
  const graph = message(tensors.map((tensor) => messageField(5, tensor)));
  const { initializers } = readModel(encoded(message([messageField(7, graph)]))).graph;
  expect(initializers).toEqual([
    fileTensor('long', [2], BigInt64Array.of(-3n, 5n)),
    fileTensor('small', [3], Int8Array.of(-1, 2, 127)),
    fileTensor('float', [1], Float32Array.of(1.5)),
  ]);
});

function encodedVarints(...numbers: number[]): Uint8Array {
  return Uint8Array.from(numbers.flatMap((number) => [...encoded(integerField(1, number)).subarray(1)]));
}

test('says what is wrong with a damaged file, and refuses weights that lie elsewhere', () => {
  const whole = sample();
  for (let length = 0; length < whole.length; length += 7) {
    let error: unknown;
    try {
      readModel(whole.subarray(0, length));
    } catch (thrown) {
      error = thrown;
    }
    // A file may end between two fields of the model, never inside of its graph.
    if (error !== undefined) expect((error as Error).message).toMatch(/reaches past|cut off|no graph|field/);
    else expect(length).toBeGreaterThan(whole.length - 120);
  }
  const elsewhere = message([stringField(8, 'w'), integerField(14, 1)]);
  const file = encoded(message([messageField(7, message([messageField(5, elsewhere)]))]));
  expect(() => readModel(file)).toThrow("the weights of 'w' lie in another file");
});

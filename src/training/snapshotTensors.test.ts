import { expect, it } from 'vitest';
import type { ParameterLayout } from '../nn/parameterLayout.ts';
import type { Snapshot } from './executor.ts';
import { snapshotOf, tensorsOf } from './snapshotTensors.ts';

const layout: ParameterLayout = {
  entries: [
    { name: 'block.0.weight', shape: [2, 2], offset: 0, size: 4, weightDecay: true, initial: { fill: 0 } },
    { name: 'block.0.bias', shape: [2], offset: 4, size: 2, weightDecay: false, initial: { fill: 0 } },
  ],
  total: 6,
  buffers: [{ name: 'block.0.mean', shape: [2], offset: 0, size: 2, initial: { fill: 0 } }],
  bufferTotal: 2,
};
const ramp = (from: number, length = 6) => Float32Array.from({ length }, (_, i) => from + i);
const plain: Snapshot = {
  parameters: ramp(1),
  buffers: ramp(7, 2),
  slots: { firstMoment: ramp(10), secondMoment: ramp(20) },
  updates: 5,
};

it('gives back what was stored', () => {
  const full = {
    ...plain,
    slots: { momentum: ramp(3) },
    average: { parameters: ramp(30), buffers: ramp(40, 2) },
    lossScale: { scale: 65_536, goodSteps: 12 },
  };
  for (const snapshot of [plain, full, { ...plain, slots: {} }])
    expect(snapshotOf(layout, tensorsOf(layout, snapshot))).toEqual(snapshot);
});

it('has the average in the model file, where there is one', () => {
  const { model } = tensorsOf(layout, { ...plain, average: { parameters: ramp(30), buffers: ramp(40, 2) } });
  expect(model.map(({ name, data }) => [name, data[0]])).toEqual([
    ['block.0.weight', 30],
    ['block.0.bias', 34],
    ['block.0.mean', 40],
  ]);
});

it('reads a checkpoint of version 0.1', () => {
  const moments = ['firstMoment', 'secondMoment'].flatMap((slot) =>
    layout.entries.map(({ name, shape, size }) => ({ name: `${slot}.${name}`, shape, data: ramp(1, size) })),
  );
  const model = [...layout.entries, ...layout.buffers].map(({ name, shape, size }) => ({
    name,
    shape,
    data: ramp(2, size),
  }));
  const updates = { name: 'updates', shape: [1], data: Int32Array.of(9) };
  const snapshot = snapshotOf(layout, { model, optimizer: [...moments, updates] });
  expect(snapshot.updates).toBe(9);
  expect(Object.keys(snapshot.slots)).toEqual(['firstMoment', 'secondMoment']);
  expect([...snapshot.slots.firstMoment!]).toEqual([1, 2, 3, 4, 1, 2]);
  expect(snapshot.average).toBeUndefined();
});

it('names the first tensor that differs', () => {
  const tensors = tensorsOf(layout, plain);
  const [first, ...rest] = tensors.model;
  expect(() => snapshotOf(layout, { ...tensors, model: [{ ...first!, shape: [4] }, ...rest] })).toThrow(
    'tensor "block.0.weight" is [4] in the checkpoint, [2, 2] in the model',
  );
  expect(() => snapshotOf(layout, { ...tensors, model: rest })).toThrow('no tensor "block.0.weight"');
});

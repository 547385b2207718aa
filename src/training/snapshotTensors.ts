import type { ParameterLayout } from '../nn/parameterLayout.ts';
import { UserError } from '../shared/problem.ts';
import type { NamedTensor } from '../shared/run/safetensors.ts';
import type { ModelVectors, Snapshot } from './executor.ts';
import type { CheckpointTensors } from './run/checkpoints.ts';

type Entry = { name: string; shape: number[]; offset: number; size: number };

/**
 * Snapshot as named tensors. The model file holds what is evaluated, so that every reader finds the model to use; where
 * that is a moving average, the weights being trained lie beside the optimizer's state as `raw.…`.
 */
export function tensorsOf(layout: ParameterLayout, snapshot: Snapshot): Required<CheckpointTensors> {
  const { slots, average, updates, lossScale } = snapshot;
  return {
    model: modelTensors(layout, average ?? snapshot, ''),
    optimizer: [
      ...Object.entries(slots).flatMap(([name, slot]) => pick(layout.entries, slot, `${name}.`)),
      ...(average ? modelTensors(layout, snapshot, rawPrefix) : []),
      { name: 'updates', shape: [1], data: Int32Array.of(updates) },
      ...(lossScale
        ? [
            { name: 'lossScale', shape: [1], data: Float32Array.of(lossScale.scale) },
            { name: 'goodSteps', shape: [1], data: Int32Array.of(lossScale.goodSteps) },
          ]
        : []),
    ],
  };
}

const rawPrefix = 'raw.';

/** Weights and running statistics as named tensors. */
export function modelTensors(layout: ParameterLayout, vectors: ModelVectors, prefix = ''): NamedTensor[] {
  return [...pick(layout.entries, vectors.parameters, prefix), ...pick(layout.buffers, vectors.buffers, prefix)];
}

function pick(entries: readonly Entry[], flat: Float32Array, prefix: string): NamedTensor[] {
  return entries.map(({ name, shape, offset, size }) => ({
    name: `${prefix}${name}`,
    shape,
    data: flat.subarray(offset, offset + size),
  }));
}

/** Weights and running statistics back as flat vectors; throws a UserError when they are not this model's. */
export function readModelTensors(layout: ParameterLayout, tensors: readonly NamedTensor[], prefix = ''): ModelVectors {
  return {
    parameters: gather(layout.entries, layout.total, prefix, tensors),
    buffers: gather(layout.buffers, layout.bufferTotal, prefix, tensors),
  };
}

export function snapshotOf(layout: ParameterLayout, { model, optimizer = [] }: CheckpointTensors): Snapshot {
  const scalar = (wanted: string) => optimizer.find(({ name }) => name === wanted)?.data[0];
  const updates = scalar('updates');
  if (updates === undefined) throw new UserError('the checkpoint has no count of updates');
  const evaluated = readModelTensors(layout, model);
  const averaged = optimizer.some(({ name }) => name.startsWith(rawPrefix));
  const prefixes = new Set(optimizer.flatMap(({ name }) => (name.includes('.') ? [`${name.split('.')[0]}.`] : [])));
  prefixes.delete(rawPrefix);
  const slots = [...prefixes].map((prefix) => [
    prefix.slice(0, -1),
    gather(layout.entries, layout.total, prefix, optimizer),
  ]);
  const [scale, goodSteps] = [scalar('lossScale'), scalar('goodSteps')];
  return {
    ...(averaged ? readModelTensors(layout, optimizer, rawPrefix) : evaluated),
    ...(averaged ? { average: evaluated } : {}),
    slots: Object.fromEntries(slots),
    updates: Number(updates),
    ...(scale === undefined || goodSteps === undefined
      ? {}
      : { lossScale: { scale: Number(scale), goodSteps: Number(goodSteps) } }),
  };
}

/** The first of a model's tensors that a checkpoint lacks or has in another shape, in words; undefined when all fit. */
export function firstDifference(layout: ParameterLayout, tensors: readonly NamedTensor[]): string | undefined {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, shape } of [...layout.entries, ...layout.buffers]) {
    const difference = differenceOf(name, shape, byName.get(name));
    if (difference) return difference;
  }
  const wanted = new Set([...layout.entries, ...layout.buffers].map(({ name }) => name));
  const extra = tensors.find(({ name }) => !wanted.has(name));
  return extra && `the model has no tensor "${extra.name}", the checkpoint has one of [${extra.shape.join(', ')}]`;
}

function differenceOf(name: string, shape: readonly number[], tensor: NamedTensor | undefined): string | undefined {
  if (!tensor) return `the checkpoint has no tensor "${name}"; in the model it is [${shape.join(', ')}]`;
  if (tensor.shape.join() !== shape.join() || !(tensor.data instanceof Float32Array))
    return `tensor "${name}" is [${tensor.shape.join(', ')}] in the checkpoint, [${shape.join(', ')}] in the model`;
  return undefined;
}

function gather(
  entries: readonly Entry[],
  total: number,
  prefix: string,
  tensors: readonly NamedTensor[],
): Float32Array {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const flat = new Float32Array(total);
  for (const { name, shape, offset } of entries) {
    const tensor = byName.get(`${prefix}${name}`);
    const difference = differenceOf(`${prefix}${name}`, shape, tensor);
    if (difference) throw new UserError(`${difference}; the checkpoint belongs to another model`);
    flat.set(tensor!.data as Float32Array, offset);
  }
  return flat;
}

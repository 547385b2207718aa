import type { ParameterLayout } from '../nn/parameterLayout.ts';
import { UserError } from '../shared/problem.ts';
import type { NamedTensor } from '../shared/run/safetensors.ts';
import type { Snapshot } from './executor.ts';
import type { CheckpointTensors } from './run/checkpoints.ts';

type Entry = { name: string; shape: number[]; offset: number; size: number };

/** Snapshot as named tensors: weights and running statistics for other tools to read, moments for a resume. */
export function tensorsOf(layout: ParameterLayout, snapshot: Snapshot): CheckpointTensors {
  const pick = (entries: readonly Entry[], flat: Float32Array, prefix: string): NamedTensor[] =>
    entries.map(({ name, shape, offset, size }) => ({
      name: `${prefix}${name}`,
      shape,
      data: flat.subarray(offset, offset + size),
    }));
  return {
    model: [...pick(layout.entries, snapshot.parameters, ''), ...pick(layout.buffers, snapshot.buffers, '')],
    optimizer: [
      ...pick(layout.entries, snapshot.firstMoment, 'firstMoment.'),
      ...pick(layout.entries, snapshot.secondMoment, 'secondMoment.'),
      { name: 'updates', shape: [1], data: Int32Array.of(snapshot.updates) },
    ],
  };
}

/** Weights and running statistics back as flat vectors; throws a UserError when they are not this model's. */
export function readModelTensors(layout: ParameterLayout, tensors: readonly NamedTensor[]) {
  return {
    parameters: gather(layout.entries, layout.total, '', tensors),
    buffers: gather(layout.buffers, layout.bufferTotal, '', tensors),
  };
}

export function snapshotOf(layout: ParameterLayout, tensors: CheckpointTensors): Snapshot {
  const updates = tensors.optimizer.find(({ name }) => name === 'updates');
  if (!updates) throw new UserError('the checkpoint has no count of updates');
  return {
    ...readModelTensors(layout, tensors.model),
    firstMoment: gather(layout.entries, layout.total, 'firstMoment.', tensors.optimizer),
    secondMoment: gather(layout.entries, layout.total, 'secondMoment.', tensors.optimizer),
    updates: updates.data[0]!,
  };
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
    if (!tensor) throw new UserError(`the checkpoint has no tensor "${prefix}${name}"; it belongs to another model`);
    if (tensor.shape.join() !== shape.join() || !(tensor.data instanceof Float32Array))
      throw new UserError(
        `tensor "${name}" is [${tensor.shape.join(', ')}] in the checkpoint, [${shape.join(', ')}] in the model`,
      );
    flat.set(tensor.data, offset);
  }
  return flat;
}

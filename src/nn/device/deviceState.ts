import { reshape, slice } from '../../graph/ops/index.ts';
import type { Graph, Value } from '../../graph/value.ts';
import type { ParameterLayout } from '../parameterLayout.ts';

/** A vector that stays on the device from step to step. */
export interface StateVector {
  name: string;
  size: number;
}

/** Parameters with and without weight decay, which is all that tells an update of one from another. */
export type Group = 'decayed' | 'plain';

export interface DeviceState {
  groups: Group[];
  vectors: StateVector[];
  /** A flat vector in the layout's order as one vector per group, by the names `<slot>.<group>`. */
  pack(slot: string, flat: Float32Array): Record<string, Float32Array>;
  /** The inverse. */
  unpack(slot: string, vectors: Readonly<Record<string, Float32Array>>): Float32Array;
  /** The parameters as tensors of their own, each a piece of its group's vector, and the buffers likewise. */
  tensors(vectors: Readonly<Record<string, Value>>): (name: string) => Value;
}

/** Running statistics are one vector of this name. */
export const buffersName = 'buffers';

/**
 * State as few long vectors, so that an update is a dozen operations whatever the number of tensors: for each slot
 * (the parameters themselves, moments, …) one vector per group, and the running statistics.
 */
export function deviceState(layout: ParameterLayout, slots: readonly string[]): DeviceState {
  const members: Record<Group, ParameterLayout['entries']> = {
    decayed: layout.entries.filter(({ weightDecay }) => weightDecay),
    plain: layout.entries.filter(({ weightDecay }) => !weightDecay),
  };
  const groups = (['decayed', 'plain'] as const).filter((group) => members[group].length > 0);
  const sizeOf = (group: Group) => members[group].reduce((sum, { size }) => sum + size, 0);
  const slotVectors = slots.flatMap((slot) =>
    groups.map((group) => ({ name: `${slot}.${group}`, size: sizeOf(group) })),
  );
  const vectors = [
    ...slotVectors,
    ...(layout.bufferTotal > 0 ? [{ name: buffersName, size: layout.bufferTotal }] : []),
  ];
  return {
    groups,
    vectors,
    pack(slot, flat) {
      const packed = groups.map((group) => {
        const vector = new Float32Array(sizeOf(group));
        eachPlace(members[group], (at, { offset, size }) => vector.set(flat.subarray(offset, offset + size), at));
        return [`${slot}.${group}`, vector] as const;
      });
      return Object.fromEntries(packed);
    },
    unpack(slot, given) {
      const flat = new Float32Array(layout.total);
      for (const group of groups) {
        const vector = given[`${slot}.${group}`]!;
        eachPlace(members[group], (at, { offset, size }) => flat.set(vector.subarray(at, at + size), offset));
      }
      return flat;
    },
    tensors(given) {
      const found = new Map<string, Value>();
      const cut = (vector: Value, at: number, { name, shape, size }: Entry) =>
        found.set(
          name,
          vector.graph.scope('parameters', () => reshape(slice(vector, { axis: 0, start: at, end: at + size }), shape)),
        );
      for (const group of groups)
        eachPlace(members[group], (at, entry) => cut(given[`parameters.${group}`]!, at, entry));
      for (const entry of layout.buffers) cut(given[buffersName]!, entry.offset, entry);
      return (name) => {
        const value = found.get(name);
        if (!value) throw new Error(`the layout has no tensor '${name}'`);
        return value;
      };
    },
  };
}

type Entry = { name: string; shape: number[]; offset: number; size: number };

function eachPlace(entries: readonly Entry[], visit: (at: number, entry: Entry) => void): void {
  let at = 0;
  for (const entry of entries) {
    visit(at, entry);
    at += entry.size;
  }
}

/** State vectors as inputs of a graph. */
export const stateInputs = (graph: Graph, vectors: readonly StateVector[]): Record<string, Value> =>
  Object.fromEntries(vectors.map(({ name, size }) => [name, graph.input(name, [size])]));

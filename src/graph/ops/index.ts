import type { OpDefinition } from '../defineOp.ts';
import * as activation from './activation.ts';
import * as compare from './compare.ts';
import * as elementwise from './elementwise.ts';
import * as matmul from './matmul.ts';
import * as reduce from './reduce.ts';
import * as shape from './shape.ts';
import * as slicing from './slicing.ts';

export * from './activation.ts';
export * from './compare.ts';
export * from './elementwise.ts';
export * from './matmul.ts';
export * from './reduce.ts';
export * from './shape.ts';
export * from './slicing.ts';

/** All families; an op exported by a family's file is in the registry by that alone. */
export const families = { activation, compare, elementwise, matmul, reduce, shape, slicing } as const;

/** Every op by name. */
export const ops: Readonly<Record<string, OpDefinition>> = Object.fromEntries(
  Object.values(families)
    .flatMap((family) => Object.values<unknown>(family))
    .flatMap((entry) => (isOp(entry) ? [[entry.definition.name, entry.definition]] : [])),
);

function isOp(entry: unknown): entry is { definition: OpDefinition } {
  return typeof entry === 'function' && 'definition' in entry;
}

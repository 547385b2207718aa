import type { OpDefinition } from '../defineOp.ts';
import * as activation from './activation.ts';
import * as compare from './compare.ts';
import * as conv from './conv.ts';
import * as elementwise from './elementwise.ts';
import * as generate from './generate.ts';
import * as indexing from './indexing.ts';
import * as loop from './loop.ts';
import * as matmul from './matmul.ts';
import * as normalization from './normalization.ts';
import * as pool from './pool.ts';
import * as reduce from './reduce.ts';
import * as scan from './scan.ts';
import * as sequence from './sequence.ts';
import * as shape from './shape.ts';
import * as slicing from './slicing.ts';
import * as softmax from './softmax.ts';

export * from './activation.ts';
export * from './compare.ts';
export * from './conv.ts';
export * from './elementwise.ts';
export * from './generate.ts';
export * from './indexing.ts';
export * from './loop.ts';
export * from './matmul.ts';
export * from './normalization.ts';
export * from './pool.ts';
export * from './reduce.ts';
export * from './scan.ts';
export * from './sequence.ts';
export * from './shape.ts';
export * from './slicing.ts';
export * from './softmax.ts';

/** All families; an op exported by a family's file is in the registry by that alone. */
export const families = {
  activation,
  compare,
  conv,
  elementwise,
  generate,
  indexing,
  loop,
  matmul,
  normalization,
  pool,
  reduce,
  scan,
  sequence,
  shape,
  slicing,
  softmax,
} as const;

/** Every op by name. */
export const ops: Readonly<Record<string, OpDefinition>> = Object.fromEntries(
  Object.values(families)
    .flatMap((family) => Object.values<unknown>(family))
    .flatMap((entry) => (isOp(entry) ? [[entry.definition.name, entry.definition]] : [])),
);

function isOp(entry: unknown): entry is { definition: OpDefinition } {
  return typeof entry === 'function' && 'definition' in entry;
}

import { UserError } from '../../shared/problem.ts';
import type { Attribute, Attributes } from '../value.ts';

/** Opset 17 has every op that is written here, with axes of ReduceMax as attributes; runtimes since 2022 read it. */
export const OPSET = 17;

/** Version of the file format that each opset came with: an older reader refuses a newer one before it sees an op. */
const irVersions: Readonly<Record<number, number>> = {
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
  22: 10,
  23: 11,
};
export const opsetRange = { min: 14, max: 23 } as const;

export function irVersionOf(opset: number): number {
  const version = irVersions[opset];
  if (version === undefined)
    throw new UserError(`opset ${opset} is not written; choose ${opsetRange.min} to ${opsetRange.max}`);
  return version;
}

/** Ops that came after the oldest opset. */
const firstOpsets: Readonly<Record<string, number>> = { LayerNormalization: 17 };
/** Ops whose axes moved from an attribute to an input in opset 18. */
const reductions = new Set(['ReduceMean', 'ReduceMax', 'ReduceSumSquare']);
const axesAsInput = 18;

/** How a node is written in an opset: its attributes, and axes that are an input there. Throws a UserError where it cannot be. */
export function nodeInOpset(
  type: string,
  attributes: Attributes,
  opset: number,
): { attributes: Attributes; axes?: readonly number[] } {
  const first = firstOpsets[type] ?? 0;
  if (opset < first) throw new UserError(`the model needs ${type}, which ONNX has since opset ${first}, not ${opset}`);
  const { reduction } = attributes;
  if (type === 'ScatterElements' && typeof reduction === 'string' && reduction !== 'none' && opset < 16)
    throw new UserError(
      `the model needs ScatterElements with ${reduction}, which ONNX has since opset 16, not ${opset}`,
    );
  if (opset < axesAsInput || !reductions.has(type)) return { attributes };
  const { axes, ...rest } = attributes;
  return { attributes: rest, axes: numbersOf(axes) };
}

function numbersOf(attribute: Attribute | undefined): readonly number[] {
  if (!Array.isArray(attribute)) throw new Error('a reduction without axes');
  return attribute as readonly number[];
}

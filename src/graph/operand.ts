import { broadcastShapes } from './dims.ts';
import type { DataType, Shape, Value, ValueType } from './value.ts';

/** What a binary op accepts: a value, or a number that becomes a shared scalar of the other operand's type. */
export type Operand = Value | number;

export function operandPair(a: Operand, b: Operand): readonly [Value, Value] {
  if (typeof a !== 'number') {
    return [a, typeof b === 'number' ? scalarLike(a, b) : b];
  }
  if (typeof b === 'number') throw new Error('one operand must be a value');
  return [scalarLike(b, a), b];
}

export const scalarLike = (like: Value, number: number) => like.graph.constant(number, [], like.dtype);

export const int64s = (like: Value, numbers: readonly number[]) =>
  like.graph.constant(numbers, [numbers.length], 'int64');

/** Type of an elementwise result; all operands must have one type. */
export function broadcastType(a: Value, b: Value, dtype: DataType = a.dtype): readonly ValueType[] {
  requireSameType(a, b);
  return [{ shape: broadcastShapes(a.shape, b.shape), dtype }];
}

export function requireSameType(a: Value, b: Value): void {
  if (a.dtype !== b.dtype) throw new Error(`operands are ${a.dtype} and ${b.dtype}`);
}

export const typed = (dtype: DataType, shape: Shape): readonly ValueType[] => [{ shape, dtype }];
export const sameType = (value: Value) => typed(value.dtype, value.shape);

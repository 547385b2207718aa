import type { OpDefinition } from './defineOp.ts';

/** A tensor in a graph: what it holds is known only when the graph runs, its type is known now. */
export interface Value extends ValueType {
  readonly graph: Graph;
  /** Unique within a root graph and its bodies; rises in the order of creation, which is a topological order. */
  readonly id: number;
  readonly source: Source;
}

export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DataType;
}

export type DataType = 'float32' | 'float16' | 'int32' | 'int64' | 'bool' | 'uint8';

/** A number, or the name of a size known only at run time (also an expression of such names, such as `floor(time/2)`). */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** Element storage: float16 as raw bits in a Uint16Array, bool as 0 and 1 in a Uint8Array. */
export type TensorData = Float32Array | Uint16Array | Int32Array | BigInt64Array | Uint8Array;

export type Source =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly data: TensorData }
  | { readonly kind: 'node'; readonly node: Node; readonly index: number };

export interface Node {
  readonly op: OpDefinition;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** Values of enclosing graphs that bodies among the attributes use. */
  readonly captures: readonly Value[];
  /** Path of the layer that made the node, such as `encoder/conv0`. */
  readonly scope: string;
}

/** Attributes as ONNX has them; a plain number is an integer. */
export type Attribute = number | readonly number[] | string | FloatAttribute | TensorAttribute | BodyAttribute;
export type Attributes = Readonly<Record<string, Attribute | undefined>>;
export interface FloatAttribute {
  readonly float: number;
}
export interface TensorAttribute {
  readonly tensor: TensorData;
  readonly dtype: DataType;
  readonly shape: readonly number[];
}
/** A nested graph; values of enclosing graphs may be used inside it directly. */
export interface BodyAttribute {
  readonly body: Graph;
  readonly outputs: readonly Value[];
  /** Builds the body's nodes again for other inputs. */
  rebuild(inputs: readonly Value[]): readonly Value[];
}

export interface Graph {
  readonly parent: Graph | undefined;
  readonly depth: number;
  /** Inputs in the order of their declaration. */
  readonly inputs: readonly Value[];
  /** Layer path that new nodes get. */
  readonly currentScope: string;
  input(name: string, shape: Shape, dtype?: DataType): Value;
  /** A tensor of known content; equal small ones are one value. Numbers become a scalar, arrays a vector, unless a shape is given. */
  constant(data: number | readonly number[] | TensorData, shape?: readonly number[], dtype?: DataType): Value;
  /** Runs `build` with `name`, which starts with a small letter, added to the layer path. */
  scope<T>(name: string, build: () => T): T;
  /** Runs `build` with `path` as the whole layer path. */
  scopeAt<T>(path: string, build: () => T): T;
  addNode(
    op: OpDefinition,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes,
    outputs: readonly ValueType[],
  ): readonly Value[];
  /** A graph to be the body of a control-flow node. */
  createBody(): Graph;
}

export const isFloat = (dtype: DataType) => dtype === 'float32' || dtype === 'float16';

/** Sizes of a value whose shape must be static. */
export function staticShape(value: ValueType, purpose: string): readonly number[] {
  return value.shape.map((dim) => {
    if (typeof dim === 'string') throw new Error(`${purpose} needs a static shape, got [${value.shape.join(', ')}]`);
    return dim;
  });
}

/** Content of a constant as numbers; a shape rule may ask for it where ONNX passes parameters as tensors. */
export function constantNumbers(value: Value, purpose: string): readonly number[] {
  if (value.source.kind !== 'constant') throw new Error(`${purpose} must be a constant`);
  return Array.from(value.source.data as ArrayLike<number | bigint>, Number);
}

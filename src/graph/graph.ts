import { capturesOf } from './captures.ts';
import { toFloat16Bits } from './float16.ts';
import type { DataType, Graph, Node, Shape, Source, TensorData, Value } from './value.ts';

/** An empty graph. Values are made by `input`, `constant` and the op functions of `ops/`; nothing runs here. */
export function createGraph(): Graph {
  return graphIn(undefined, { nextId: 0, scope: '', constants: new Map(), root: undefined });
}

/** Constants up to this many elements are shared by content and copied into the bodies that use them. */
export const SMALL_CONSTANT = 1024;

interface RootState {
  nextId: number;
  scope: string;
  readonly constants: Map<string, Value>;
  root: Graph | undefined;
}

function graphIn(parent: Graph | undefined, state: RootState): Graph {
  const inputs: Value[] = [];
  const newValue = (owner: Graph, shape: Shape, dtype: DataType, source: Source): Value => ({
    graph: owner,
    id: state.nextId++,
    shape,
    dtype,
    source,
  });
  const graph: Graph = {
    parent,
    depth: parent ? parent.depth + 1 : 0,
    inputs,
    get currentScope() {
      return state.scope;
    },
    input(name, shape, dtype = 'float32') {
      if (inputs.some((other) => other.source.kind === 'input' && other.source.name === name)) {
        throw new Error(`the graph already has an input '${name}'`);
      }
      const value = newValue(graph, shape, dtype, { kind: 'input', name });
      inputs.push(value);
      return value;
    },
    constant(data, shape, dtype) {
      const tensor = tensorOf(data, dtype);
      const type = dtype ?? typeOf(tensor);
      const dims = shape ?? (typeof data === 'number' ? [] : [tensor.length]);
      if (dims.reduce((product, dim) => product * dim, 1) !== tensor.length) {
        throw new Error(`constant: ${tensor.length} elements do not fill [${dims.join(', ')}]`);
      }
      const make = () => newValue(state.root!, dims, type, { kind: 'constant', data: tensor });
      if (tensor.length > SMALL_CONSTANT) return make();
      const key = `${type}|${dims.join()}|${keyOf(tensor)}`;
      const known = state.constants.get(key) ?? make();
      state.constants.set(key, known);
      return known;
    },
    scope(name, build) {
      if (!/^[a-z]/.test(name)) throw new Error(`layer '${name}' must start with a small letter, unlike an op`);
      return graph.scopeAt(state.scope ? `${state.scope}/${name}` : name, build);
    },
    scopeAt(path, build) {
      const before = state.scope;
      state.scope = path;
      try {
        return build();
      } finally {
        state.scope = before;
      }
    },
    addNode(op, nodeInputs, attributes, types) {
      const outputs: Value[] = [];
      const node: Node = {
        op,
        inputs: nodeInputs,
        attributes,
        outputs,
        captures: capturesOf(attributes),
        scope: state.scope,
      };
      for (const [index, type] of types.entries()) {
        outputs.push(newValue(graph, type.shape, type.dtype, { kind: 'node', node, index }));
      }
      return outputs;
    },
    createBody: () => graphIn(graph, state),
  };
  state.root ??= graph;
  return graph;
}

/** The most deeply nested graph among the values: the one where a node that uses them all can live. */
export function innermostGraph(values: readonly (Value | undefined)[]): Graph {
  let inner: Graph | undefined;
  for (const value of values) if (value && (!inner || value.graph.depth > inner.depth)) inner = value.graph;
  if (!inner) throw new Error('a node needs at least one input');
  for (const value of values) {
    if (!value) continue;
    let enclosing: Graph | undefined = inner;
    while (enclosing && enclosing !== value.graph) enclosing = enclosing.parent;
    if (!enclosing) throw new Error('values of unrelated graphs cannot meet in one node');
  }
  return inner;
}

function tensorOf(data: number | readonly number[] | TensorData, dtype: DataType | undefined): TensorData {
  if (ArrayBuffer.isView(data)) {
    if (dtype && storageOf(dtype) !== data.constructor)
      throw new Error(`${data.constructor.name} cannot hold ${dtype}`);
    return data;
  }
  const numbers = typeof data === 'number' ? [data] : data;
  switch (dtype ?? 'float32') {
    case 'float32':
      return Float32Array.from(numbers);
    case 'float16':
      return Uint16Array.from(numbers, toFloat16Bits);
    case 'int32':
      return Int32Array.from(numbers);
    case 'int64':
      return BigInt64Array.from(numbers, BigInt);
    case 'bool':
    case 'uint8':
      return Uint8Array.from(numbers);
  }
}

function storageOf(dtype: DataType) {
  const storage = {
    float32: Float32Array,
    float16: Uint16Array,
    int32: Int32Array,
    int64: BigInt64Array,
    bool: Uint8Array,
    uint8: Uint8Array,
  };
  return storage[dtype];
}

function typeOf(tensor: TensorData): DataType {
  if (tensor instanceof Float32Array) return 'float32';
  if (tensor instanceof Int32Array) return 'int32';
  if (tensor instanceof BigInt64Array) return 'int64';
  throw new Error(`constant: give the type of a ${tensor.constructor.name}`);
}

/** Exact content, so that −0 and 0 stay two constants. */
function keyOf(tensor: TensorData): string {
  return new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength).join();
}

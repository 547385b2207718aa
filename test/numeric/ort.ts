import { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeOnnx } from '../../src/graph/onnx/writeOnnx.ts';
import type { DataType, TensorData, Value } from '../../src/graph/value.ts';

/** Content for a graph input: numbers in the order of memory, with sizes where the input's shape has names. */
export type FeedContent =
  | readonly number[]
  | TensorData
  | { readonly data: FeedData; readonly shape: readonly number[] };
type FeedData = readonly number[] | TensorData;

export interface TensorResult {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly data: TensorData;
  /** The content as float64. */
  readonly numbers: number[];
}

/** Runs the graph of the outputs once on ONNX Runtime's CPU provider with the options that training uses. */
export async function runGraph<Name extends string>(
  outputs: Readonly<Record<Name, Value>>,
  feeds: Readonly<Record<string, FeedContent>>,
  initializers?: Readonly<Record<string, TensorData>>,
): Promise<Record<Name, TensorResult>> {
  const runner = await prepareGraph(outputs, initializers);
  try {
    return await runner.run(feeds);
  } finally {
    await runner.release();
  }
}

export interface GraphRunner<Name extends string> {
  run(feeds: Readonly<Record<string, FeedContent>>): Promise<Record<Name, TensorResult>>;
  release(): Promise<void>;
}

/** The same for several runs of one session. */
export async function prepareGraph<Name extends string>(
  outputs: Readonly<Record<Name, Value>>,
  initializers?: Readonly<Record<string, TensorData>>,
): Promise<GraphRunner<Name>> {
  const bytes = writeOnnx(initializers ? { outputs, initializers } : { outputs });
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: 'extended',
    enableMemPattern: false,
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  let graph = Object.values<Value>(outputs)[0]!.graph;
  while (graph.parent) graph = graph.parent;
  const { inputs } = graph;
  const feedOf = (name: string, content: FeedContent) => {
    const input = inputs.find(({ source }) => source.kind === 'input' && source.name === name);
    if (!input) throw new Error(`the graph has no input '${name}'`);
    const { data, shape } = 'shape' in content ? content : { data: content, shape: input.shape.map(Number) };
    return tensorOf(input.dtype, data, shape);
  };
  return {
    async run(feeds) {
      const tensors = Object.entries(feeds).map(([name, content]) => [name, feedOf(name, content)] as const);
      const results = await session.run(Object.fromEntries(tensors));
      const named = Object.keys(outputs).map((name) => [name, resultOf(results[name]!)] as const);
      return Object.fromEntries(named) as Record<Name, TensorResult>;
    },
    release: () => session.release(),
  };
}

function tensorOf(dtype: DataType, data: FeedData, shape: readonly number[]): Tensor {
  const dims = [...shape];
  switch (dtype) {
    case 'float32':
      return new Tensor('float32', Float32Array.from(data as ArrayLike<number>), dims);
    case 'float16':
      return new Tensor('float16', data as Uint16Array, dims);
    case 'int32':
      return new Tensor('int32', Int32Array.from(data as ArrayLike<number>), dims);
    case 'int64':
      return new Tensor('int64', BigInt64Array.from(Array.from(data as ArrayLike<number | bigint>, BigInt)), dims);
    case 'bool':
      return new Tensor('bool', Uint8Array.from(data as ArrayLike<number>), dims);
    case 'uint8':
      return new Tensor('uint8', Uint8Array.from(data as ArrayLike<number>), dims);
  }
}

function resultOf(tensor: Tensor): TensorResult {
  const data = tensor.data as TensorData;
  return {
    shape: tensor.dims,
    dtype: tensor.type as DataType,
    data,
    numbers: Array.from(data as ArrayLike<number | bigint>, Number),
  };
}

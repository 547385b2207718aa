import { createGraph } from '../../graph/graph.ts';
import type { DataType, Graph, Value } from '../../graph/value.ts';
import type { Batch, Feed } from '../batch.ts';

/** What the random parts of one step depend on, and nothing else does: a resumed run draws the same. */
export interface StepKey {
  seed: number;
  step: number;
}

/** Sizes a step graph is built for; batches may be smaller and are padded. */
export interface StepSizes {
  batch: number;
  /** Feature frames of the longest utterance. */
  frames: number;
  /** Tokens of the longest transcript. */
  maxTokens: number;
}

/** A graph under construction whose layers may ask for tensors that are made on the host for each batch. */
export interface StepContext {
  graph: Graph;
  sizes: StepSizes;
  /** false: running statistics and no dropout, as in evaluation. */
  training: boolean;
  /** Declares a graph input and how its content follows from a batch. */
  hostInput(name: string, shape: readonly number[], dtype: DataType, make: MakeHostInput): Value;
}

export type MakeHostInput = (batch: Batch, key: StepKey) => Feed['data'];

/** Where the nodes of a step go, and what an input is there. */
export interface StepPlace {
  graph: Graph;
  input(name: string, shape: readonly number[], dtype: DataType): Value;
}

function ownGraph(): StepPlace {
  const graph = createGraph();
  return { graph, input: (name, shape, dtype) => graph.input(name, shape, dtype) };
}

/** An empty graph whose host inputs can later be filled from batches; a name asked for twice is one input. */
export function createStepContext(sizes: StepSizes, training: boolean, place = ownGraph()) {
  const { graph } = place;
  const inputs = new Map<string, { shape: readonly number[]; dtype: DataType; make: MakeHostInput; value: Value }>();
  const hostInput: StepContext['hostInput'] = (name, shape, dtype, make) => {
    const known = inputs.get(name);
    if (known) return known.value;
    const value = place.input(name, shape, dtype);
    inputs.set(name, { shape, dtype, make, value });
    return value;
  };
  const context: StepContext = { graph, sizes, training, hostInput };
  const makeFeeds = (batch: Batch, key: StepKey): Record<string, Feed> => {
    const feeds: Record<string, Feed> = {};
    for (const [name, { shape, dtype, make }] of inputs)
      feeds[name] = { data: make(batch, key), shape: [...shape], dtype };
    return feeds;
  };
  return { context, makeFeeds };
}

/** Valid frames of the utterance at `index` at the resolution `outputFrames` leads to; 0 where the batch has none. */
export function validFrames(batch: Batch, index: number, outputFrames: (frames: number) => number): number {
  return index < batch.batch ? outputFrames(batch.frameCounts[index]!) : 0;
}

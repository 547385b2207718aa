import { bodiesOf } from '../graph/captures.ts';
import { neededNodes } from '../graph/onnx/names.ts';
import type { Precision } from '../nn/mixedPrecision.ts';
import type { ModelSpec } from '../nn/modelSpec.ts';
import { layoutParameters } from '../nn/models/index.ts';
import type { LossConfig } from '../nn/stepLoss.ts';
import { stepValues } from '../nn/trainingStep.ts';
import type { Experiment } from '../shared/config/schema.ts';
import { bytesOf, planBuffers } from './bufferPlan.ts';
import { createHeap } from './heapModel.ts';
import { type RuntimeNode, runtimeNodes } from './runtimeGraph.ts';

/** What decides how much memory the graph process takes. */
export interface ForecastSetup {
  spec: ModelSpec;
  loss: LossConfig;
  precision: Precision;
  optimizer: Pick<Experiment['optimizer'], 'type' | 'momentum'>;
  emaDecay: number;
  accumulate: number;
}

/** As training knows it: rows, feature frames, room for tokens. */
export interface ForecastShape {
  rows: number;
  frames: number;
  maxTokens: number;
}

/** Bytes of resident memory of the graph process at its highest, and what they consist of. */
export interface MemoryForecast {
  peakBytes: number;
  /** Node, ONNX Runtime, and one session's own structures. */
  processBytes: number;
  /** Weights, gradient, optimizer state, averages. */
  stateBytes: number;
  /** Tensors of a step, with the holes they leave behind. */
  graphBytes: number;
  /** What each further shape's session adds. */
  sessionBytes: number;
}

/** Measured by `npm run bench:memory` with onnxruntime-node 1.30, Node 24 and glibc 2.36 on Linux x64. */
const mebibyte = 2 ** 20;
const startedBytes = 113 * mebibyte + 22 * mebibyte;
const bytesPerNode = 0.025 * mebibyte;
/** A further session finds the runtime's code and the heap's pages there. */
const bytesPerFurtherNode = 0.0075 * mebibyte;
/** Copies of the weights while they are drawn and set. */
const initialCopies = 2.25;
/** A hole that a tensor leaves cannot always take the next of its size, because alignment needs some bytes more. */
const fragmentation = 1.25;
/** Inputs of a step live until the garbage collector has seen them: this step's and the last's. */
const feedCopies = 2;

/**
 * Peak memory of training on batches of one shape, from the graph that would train: its tensors in the order in which
 * ONNX Runtime runs the nodes, sharing buffers as its planner lets them, in a heap that fits as glibc's does.
 */
export function forecastMemory(setup: ForecastSetup, shape: ForecastShape): MemoryForecast {
  const { spec, loss, precision } = setup;
  const layout = layoutParameters(spec);
  const sizes = { batch: shape.rows, frames: shape.frames, maxTokens: shape.maxTokens };
  const { outputs } = stepValues(spec, layout, sizes, loss, precision);
  const fetched = Object.values(outputs);
  const nodes = runtimeNodes(fetched);
  const vectorBytes = 4 * layout.total;
  const inputs = fetched[0]!.graph.inputs.reduce((sum, input) => sum + bytesOf(input), 0) - vectorBytes;
  const processBytes = startedBytes + nodes.length * bytesPerNode;
  const stateBytes = (initialCopies + stateVectors(setup)) * vectorBytes;
  const graphBytes = fragmentation * heapPeak(nodes, fetched) + feedCopies * inputs;
  return {
    peakBytes: processBytes + stateBytes + graphBytes,
    processBytes,
    stateBytes,
    graphBytes,
    sessionBytes: nodes.length * bytesPerFurtherNode,
  };
}

/** Flat vectors beside the weights: gradient, optimizer state, moving average, the sum over accumulated batches. */
function stateVectors({ optimizer, emaDecay, accumulate }: ForecastSetup): number {
  const slots = optimizer.type === 'adamw' ? 2 : optimizer.momentum > 0 ? 1 : 0;
  return 1 + slots + (emaDecay > 0 ? 1 : 0) + (accumulate > 1 ? 1 : 0);
}

function heapPeak(nodes: readonly RuntimeNode[], fetched: Parameters<typeof planBuffers>[1]): number {
  const { sizes, steps } = planBuffers(nodes, fetched);
  const heap = createHeap();
  const blocks = sizes.map(() => ({ from: 0, to: 0 }));
  for (const [step, { begins, ends }] of steps.entries()) {
    for (const buffer of begins) blocks[buffer] = heap.allocate(sizes[buffer]!);
    const inside = heap.allocate(bodyBytes(nodes[step]!));
    heap.free(inside);
    for (const buffer of ends) heap.free(blocks[buffer]!);
  }
  return heap.peak;
}

/** Tensors of one iteration of a loop's body. */
const bodyBytes = ({ node }: RuntimeNode): number =>
  bodiesOf(node.attributes).reduce(
    (sum, { body, outputs }) =>
      sum + neededNodes(body, outputs).nodes.reduce((own, { outputs: made }) => own + bytesOf(made[0]!), 0),
    0,
  );

/** Sessions a run keeps at most, one per shape. */
const sessionLimit = 64;
/** Peaks are forecast for so many of the largest shapes. */
const examined = 2;

/** The highest peak of a run with batches of these shapes, and the shape that has it. */
export function forecastRun<Shape extends ForecastShape>(
  setup: ForecastSetup,
  shapes: readonly Shape[],
): { peakBytes: number; shape: Shape } {
  const largest = [...shapes].sort((a, b) => b.rows * b.frames - a.rows * a.frames || b.frames - a.frames);
  const forecasts = largest.slice(0, examined).map((shape) => ({ shape, ...forecastMemory(setup, shape) }));
  const [highest] = forecasts.sort((a, b) => b.peakBytes - a.peakBytes);
  if (!highest) throw new Error('a run has at least one shape');
  const further = Math.min(shapes.length, sessionLimit) - 1;
  return { shape: highest.shape, peakBytes: highest.peakBytes + further * highest.sessionBytes };
}

/** What `training.batchSeconds: auto` chooses from; longer batches make a step no faster per second of audio. */
const batchSecondsChoices = [60, 50, 40, 30, 25, 20, 15, 12, 10, 8, 6, 5, 4, 3, 2, 1];

/**
 * The longest batches, of at most `below` seconds of audio, whose forecast stays within `allowedBytes`; the shortest
 * there are when none does. `shapesFor` gives the shapes of a run with so many seconds per batch.
 */
export function chooseBatchSeconds<Shape extends ForecastShape>(
  setup: ForecastSetup,
  shapesFor: (batchSeconds: number) => readonly Shape[],
  allowedBytes: number,
  below = Number.POSITIVE_INFINITY,
): { batchSeconds: number; peakBytes: number; fits: boolean } {
  const choices = batchSecondsChoices.filter((seconds) => seconds < below);
  const forecast = (index: number) => {
    const { peakBytes } = forecastRun(setup, shapesFor(choices[index]!));
    return { batchSeconds: choices[index]!, peakBytes, fits: peakBytes <= allowedBytes };
  };
  let low = 0;
  let high = choices.length - 1;
  if (high < 0) return { batchSeconds: batchSecondsChoices.at(-1)!, peakBytes: Number.POSITIVE_INFINITY, fits: false };
  // Peaks fall along the list, so the first that fits is found by halving.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (forecast(middle).fits) high = middle;
    else low = middle + 1;
  }
  return forecast(low);
}

import { createRandom, type Random } from '../../shared/random.ts';
import type { BatchShape } from '../executor.ts';

/** `members` are indices of examples; fewer than the shape's rows only in an epoch's last piece. */
export interface PlannedBatch {
  shape: BatchShape;
  members: number[];
}

export interface PlannedExample {
  /** Feature frames at each speed that can be drawn, the fastest included. */
  shortestFrames: number;
  longestFrames: number;
  tokens: number;
}

export interface BatchPlanner {
  shapes: BatchShape[];
  /** All batches of an epoch; a pure function of seed and epoch. Graphs are built per shape, so a run uses few of them. */
  planEpoch(epoch: number): PlannedBatch[];
}

export interface BatchRules {
  seed: number;
  /** Frames per batch, padding included. */
  batchFrames: number;
  /** Lengths are multiples of this, the model's time stride. */
  frameStep: number;
  /** So many batches of neighbouring lengths stay side by side, for devices that take them in one run; 1 if not given. */
  together?: number;
  /** Frames of an example in an epoch, after its speed is drawn. */
  framesOf(example: number, epoch: number): number;
}

/** Each length on the grid is this much longer than the one before: mean padding is half of it. */
const gridRatio = 1.05;

/**
 * Batches of similar length. In the first epoch the shortest come first (Amodei et al. 2016), later they are shuffled.
 * Which examples share a batch changes with the epoch, because speeds do and because ties are broken at random.
 */
export function createBatchPlanner(examples: readonly PlannedExample[], rules: BatchRules): BatchPlanner {
  const shapes = buildShapes(examples, rules);
  return {
    shapes,
    planEpoch(epoch) {
      const random = createRandom(rules.seed, 'order', epoch);
      const frames = examples.map((_, index) => rules.framesOf(index, epoch));
      const cells = frames.map((count) => cellOf(shapes, count));
      const order = random.shuffle(examples.map((_, index) => index)).sort((a, b) => cells[a]! - cells[b]!);
      const batches = cutBatches(order, cells, shapes);
      return epoch === 0 ? batches : shufflePieces(batches, rules.together ?? 1, random);
    },
  };
}

/** What does not fill a piece stays at the end, so that the others begin where a device expects them. */
function shufflePieces<T>(list: readonly T[], size: number, random: Random): T[] {
  const whole = Math.floor(list.length / size);
  const pieces = Array.from({ length: whole }, (_, i) => list.slice(i * size, (i + 1) * size));
  return [...random.shuffle(pieces).flat(), ...list.slice(whole * size)];
}

/** Takes as many of the shortest remaining examples as fit the smallest shape that they fill. */
function cutBatches(order: number[], cells: number[], shapes: BatchShape[]): PlannedBatch[] {
  const batches: PlannedBatch[] = [];
  let position = 0;
  while (position < order.length) {
    let cell = cells[order[position]!]!;
    let last = Math.min(position + shapes[cell]!.rows, order.length) - 1;
    while (cells[order[last]!]! > cell) {
      cell++;
      last = Math.min(position + shapes[cell]!.rows, order.length) - 1;
    }
    const members = order.slice(position, last + 1);
    batches.push({ shape: shrinkTo(shapes[cell]!, members.length), members });
    position = last + 1;
  }
  return batches;
}

function buildShapes(examples: readonly PlannedExample[], { batchFrames, frameStep }: BatchRules): BatchShape[] {
  const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
  const shortest = examples.reduce(
    (least, example) => Math.min(least, example.shortestFrames),
    Number.POSITIVE_INFINITY,
  );
  const longest = examples.reduce((most, example) => Math.max(most, example.longestFrames), 0);
  const shapes: BatchShape[] = [];
  const byLength = [...examples].sort((a, b) => a.shortestFrames - b.shortestFrames);
  let maxTokens = 0;
  let next = 0;
  for (let frames = roundUp(Math.min(shortest, longest), frameStep); examples.length > 0; ) {
    while (next < byLength.length && byLength[next]!.shortestFrames <= frames)
      maxTokens = Math.max(maxTokens, byLength[next++]!.tokens);
    shapes.push({ frames, rows: Math.max(1, Math.floor(batchFrames / frames)), maxTokens: roundUp(maxTokens, 4) });
    if (frames >= longest) break;
    frames = roundUp(Math.min(frames * gridRatio, longest), frameStep);
  }
  return shapes;
}

/** What is left at the end runs in a graph of half, a quarter … of the rows, so that no epoch needs graphs of its own. */
function shrinkTo(shape: BatchShape, members: number): BatchShape {
  let rows = shape.rows;
  while (Math.ceil(rows / 2) >= members && rows > 1) rows = Math.ceil(rows / 2);
  return rows === shape.rows ? shape : { ...shape, rows };
}

/** The first shape that holds so many frames. */
function cellOf(shapes: BatchShape[], frames: number): number {
  let low = 0;
  let high = shapes.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shapes[middle]!.frames >= frames) high = middle;
    else low = middle + 1;
  }
  return low;
}

import { defineMultiOp, defineOp, type Op } from '../defineOp.ts';
import { addDims, normalizeAxis, sameShape } from '../dims.ts';
import { int64s, scalarLike, typed } from '../operand.ts';
import { constantNumbers, type Dim, staticShape, type Value } from '../value.ts';
import { expand, reshape, unsqueeze } from './shape.ts';

export interface SliceRange {
  readonly axis: number;
  /** First index; negative counts from the end. Default: the first (for a negative step the last). */
  readonly start?: number;
  /** Index after the last; negative counts from the end. Default: to the end. */
  readonly end?: number;
  /** Negative runs backwards. */
  readonly step?: number;
}

const FAR = Number.MAX_SAFE_INTEGER;

/** Ranges of some axes, with Python's rules for negative and outlying bounds. */
export const slice: Op<[x: Value, ...ranges: SliceRange[]]> = defineOp({
  name: 'slice',
  onnx: 'Slice',
  node(x: Value, ...ranges: SliceRange[]) {
    const backwards = ({ step = 1 }: SliceRange) => step < 0;
    const starts = ranges.map((range) => range.start ?? (backwards(range) ? FAR : 0));
    const ends = ranges.map((range) => range.end ?? (backwards(range) ? -FAR : FAR));
    const axes = ranges.map(({ axis }) => normalizeAxis(axis, x.shape.length));
    const steps = ranges.map(({ step = 1 }) => step);
    return {
      inputs: [x, int64s(x, starts), int64s(x, ends), int64s(x, axes), int64s(x, steps)],
      attributes: {},
    };
  },
  outputs({ inputs: [x, ...bounds] }) {
    const dims: Dim[] = [...x.shape];
    for (const { axis, start, end, step } of sliceBounds(bounds)) {
      const size = x.shape[axis]!;
      dims[axis] = typeof size === 'number' ? countBetween(size, start, end, step) : namedCount(size, start, end, step);
    }
    return typed(x.dtype, dims);
  },
  gradient({ inputs: [x, ...bounds], grad }) {
    const sizes = staticShape(x, 'the gradient of slice');
    let result = grad;
    for (const { axis, start, end, step } of sliceBounds(bounds)) {
      result = unslice(result, axis, sizes[axis]!, { start, end, step });
    }
    return [result];
  },
  samples: [
    {
      title: 'middle',
      inputs: [{ shape: [5], values: [0, 1, 2, 3, 4] }],
      args: (x) => [x, { axis: 0, start: 1, end: 3 }],
      expected: [[1, 2]],
    },
    {
      title: 'two axes, negative bounds',
      inputs: [{ shape: [4, 5] }],
      args: (x) => [x, { axis: -1, start: -3, end: -1 }, { axis: 0, start: 1 }],
    },
    {
      title: 'backwards',
      inputs: [{ shape: [4, 2] }],
      args: (x) => [x, { axis: 0, step: -1 }],
      expected: (x) => [[6, 7, 4, 5, 2, 3, 0, 1].map((i) => x![i]!)],
    },
    {
      title: 'steps of 2 with remainder',
      inputs: [{ shape: [2, 6] }],
      args: (x) => [x, { axis: 1, start: 1, step: 2 }],
    },
    { title: 'steps of −2', inputs: [{ shape: [6] }], args: (x) => [x, { axis: 0, start: 4, step: -2 }] },
    { title: 'steps to one element', inputs: [{ shape: [6] }], args: (x) => [x, { axis: 0, start: 3, step: 4 }] },
    { title: 'beyond the end', inputs: [{ shape: [3] }], args: (x) => [x, { axis: 0, start: 2, end: 99 }] },
    { title: 'nothing', inputs: [{ shape: [3, 2] }], args: (x) => [x, { axis: 0, start: 2, end: 1 }] },
    {
      title: 'named dim, from the second, and all of it backwards',
      inputs: [{ shape: ['time', 'n'], sizes: { time: 4, n: 3 } }],
      args: (x) => [x, { axis: 0, start: 1 }, { axis: 1, step: -1 }],
    },
  ],
});

interface Bounds {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function sliceBounds(bounds: readonly Value[]): readonly (Bounds & { readonly axis: number })[] {
  const [starts, ends, axes, steps] = bounds.map((value) => constantNumbers(value, 'a bound of slice'));
  return axes!.map((axis, i) => ({ axis, start: starts![i]!, end: ends![i]!, step: steps![i]! }));
}

function indicesBetween(size: number, { start, end, step }: Bounds): readonly number[] {
  const clamp = (bound: number) => {
    const front = bound < 0 ? bound + size : bound;
    return step > 0 ? Math.min(Math.max(front, 0), size) : Math.min(Math.max(front, -1), size - 1);
  };
  const indices: number[] = [];
  for (let i = clamp(start); step > 0 ? i < clamp(end) : i > clamp(end); i += step) indices.push(i);
  return indices;
}

const countBetween = (size: number, start: number, end: number, step: number) =>
  indicesBetween(size, { start, end, step }).length;

/** Count of a range over a named dim, which is taken to be long enough for the bounds. */
function namedCount(size: string, start: number, end: number, step: number): Dim {
  if (step === -1 && start === FAR && end === -FAR) return size;
  if (step !== 1) throw new Error(`a step of ${step} over the named dim ${size} is not supported`);
  const fromFront = start >= 0;
  if (end === FAR) return fromFront ? addDims([size, -start]) : -start;
  if (fromFront !== end >= 0) return fromFront ? addDims([size, end - start]) : unsupported(size);
  return end - start;
}

function unsupported(size: string): never {
  throw new Error(`a range from the end to the front of the named dim ${size} is not supported`);
}

/** The adjoint of one axis's slice: spread by the step, turn around, pad. */
function unslice(grad: Value, axis: number, size: number, bounds: Bounds): Value {
  const indices = indicesBetween(size, bounds);
  const count = indices.length;
  if (count === 0) {
    const shape = staticShape(grad, 'the gradient of slice').map((dim, i) => (i === axis ? size : dim));
    return expand(scalarLike(grad, 0), shape);
  }
  let spread = grad;
  let first = indices[0]!;
  let step = bounds.step;
  if (step < 0 && count > 1) {
    spread = slice(spread, { axis, step: -1 });
    first = indices[count - 1]!;
  }
  step = count > 1 ? Math.abs(step) : 1;
  if (step > 1) spread = spreadBy(spread, axis, step);
  const extent = (count - 1) * step + 1;
  return pad(spread, { axis, before: first, after: size - first - extent });
}

/** Puts step − 1 zeros between neighbours: pad on a new axis, fold it in, cut the tail. */
function spreadBy(grad: Value, axis: number, step: number): Value {
  const sizes = staticShape(grad, 'the gradient of slice');
  const columns = pad(unsqueeze(grad, [axis + 1]), { axis: axis + 1, after: step - 1 });
  const folded = reshape(
    columns,
    sizes.map((dim, i) => (i === axis ? dim * step : dim)),
  );
  return slice(folded, { axis, end: (sizes[axis]! - 1) * step + 1 });
}

export interface PadRange {
  readonly axis: number;
  readonly before?: number;
  readonly after?: number;
}

/** Adds zeros around some axes. */
export const pad: Op<[x: Value, ...ranges: PadRange[]]> = defineOp({
  name: 'pad',
  onnx: 'Pad',
  node(x: Value, ...ranges: PadRange[]) {
    const rank = x.shape.length;
    const pads = new Array<number>(2 * rank).fill(0);
    for (const { axis, before = 0, after = 0 } of ranges) {
      pads[normalizeAxis(axis, rank)] = before;
      pads[rank + normalizeAxis(axis, rank)] = after;
    }
    if (pads.some((count) => count < 0)) throw new Error('padding cannot be negative');
    return { inputs: [x, int64s(x, pads)], attributes: {} };
  },
  outputs({ inputs: [x, pads] }) {
    const counts = constantNumbers(pads, 'the padding');
    const rank = x.shape.length;
    return typed(
      x.dtype,
      x.shape.map((dim, axis) => addDims([dim, counts[axis]! + counts[rank + axis]!])),
    );
  },
  gradient({ inputs: [x, pads], grad }) {
    const counts = constantNumbers(pads, 'the padding');
    const rank = x.shape.length;
    const sizes = staticShape(x, 'the gradient of pad');
    const ranges = sizes
      .map((size, axis) => ({ axis, start: counts[axis]!, end: counts[axis]! + size }))
      .filter(({ axis }) => counts[axis]! > 0 || counts[rank + axis]! > 0);
    return [ranges.length === 0 ? grad : slice(grad, ...ranges)];
  },
  samples: [
    {
      title: 'before and after',
      inputs: [{ shape: [2], values: [1, 2] }],
      args: (x) => [x, { axis: 0, before: 1, after: 2 }],
      expected: [[0, 1, 2, 0, 0]],
    },
    {
      title: 'two axes',
      inputs: [{ shape: [2, 3, 2] }],
      args: (x) => [x, { axis: -1, before: 1 }, { axis: 1, before: 2, after: 1 }],
    },
    { title: 'named dim', inputs: [{ shape: ['time'], sizes: { time: 3 } }], args: (x) => [x, { axis: 0, after: 1 }] },
  ],
});

export const concat: Op<[parts: readonly Value[], axis: number]> = defineOp({
  name: 'concat',
  onnx: 'Concat',
  node: (parts: readonly Value[], axis: number) => ({
    inputs: [...parts],
    attributes: { axis: normalizeAxis(axis, parts[0]?.shape.length ?? 0) },
  }),
  outputs({ inputs, attributes: { axis } }) {
    const [first] = inputs as readonly [Value, ...Value[]];
    const without = (value: Value) => value.shape.filter((_, i) => i !== axis);
    for (const part of inputs) {
      if (part.dtype !== first.dtype || !sameShape(without(part), without(first))) {
        throw new Error('parts differ in type or in another axis');
      }
    }
    const total = addDims(inputs.map((part) => part.shape[axis]!));
    return typed(
      first.dtype,
      first.shape.map((dim, i) => (i === axis ? total : dim)),
    );
  },
  gradient({ inputs, attributes: { axis }, grad }) {
    const sizes = inputs.map((part) => staticShape(part, 'the gradient of concat')[axis]!);
    return split(grad, sizes, axis);
  },
  samples: [
    {
      title: 'three parts, negative axis',
      inputs: [{ shape: [2, 1] }, { shape: [2, 3] }, { shape: [2, 2] }],
      args: (...parts) => [parts, -1],
    },
    {
      title: 'rows',
      inputs: [
        { shape: [1, 2], values: [1, 2] },
        { shape: [1, 2], values: [3, 4] },
      ],
      args: (...parts) => [parts, 0],
      expected: [[1, 2, 3, 4]],
    },
    { title: 'one part', inputs: [{ shape: [2] }], args: (x) => [[x], 0] },
    {
      title: 'named dims',
      inputs: [
        { shape: ['a', 2], sizes: { a: 2 } },
        { shape: ['b', 2], sizes: { b: 3 } },
      ],
      args: (...parts) => [parts, 0],
    },
  ],
});

/** Consecutive pieces of the given sizes along one axis. */
export const split: Op<[x: Value, sizes: readonly number[], axis: number], readonly Value[]> = defineMultiOp({
  name: 'split',
  onnx: 'Split',
  node: (x: Value, sizes: readonly number[], axis: number) => ({
    inputs: [x, int64s(x, sizes)],
    attributes: { axis: normalizeAxis(axis, x.shape.length) },
  }),
  outputs({ inputs: [x, sizes], attributes: { axis } }) {
    const counts = constantNumbers(sizes, 'the sizes');
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total !== x.shape[axis]) throw new Error(`sizes sum to ${total}, the axis has ${x.shape[axis]}`);
    return counts.map((count) => ({ dtype: x.dtype, shape: x.shape.map((dim, i) => (i === axis ? count : dim)) }));
  },
  gradient({ outputs, grads, attributes: { axis } }) {
    const parts = outputs.map((output, i) => {
      const zeros = () => expand(scalarLike(output, 0), staticShape(output, 'the gradient of split'));
      return grads[i] ?? zeros();
    });
    return [parts.length === 1 ? parts[0] : concat(parts, axis)];
  },
  samples: [
    { title: 'unequal sizes', inputs: [{ shape: [2, 6] }], args: (x) => [x, [1, 3, 2], 1] },
    {
      title: 'first axis',
      inputs: [{ shape: [3], values: [1, 2, 3] }],
      args: (x) => [x, [2, 1], -1],
      expected: [[1, 2], [3]],
    },
    { title: 'one piece', inputs: [{ shape: [2, 2] }], args: (x) => [x, [2], 0] },
    { title: 'named dim beside', inputs: [{ shape: ['time', 4], sizes: { time: 3 } }], args: (x) => [x, [2, 2], 1] },
  ],
});

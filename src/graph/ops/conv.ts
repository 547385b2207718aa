import { defineOp, type Op } from '../defineOp.ts';
import { productOf, windowCount } from '../dims.ts';
import { requireSameType, typed } from '../operand.ts';
import { type Dim, staticShape, type Value } from '../value.ts';
import { matMul } from './matmul.ts';
import { reduceSum } from './reduce.ts';
import { reshape, squeeze, transpose, unsqueeze } from './shape.ts';
import { concat, pad, slice } from './slicing.ts';

export interface ConvOptions {
  /** One per spatial axis. Default 1. */
  readonly strides?: readonly number[];
  /** Before each spatial axis, then after each. Default 0. */
  readonly pads?: readonly number[];
}

export interface GroupedConvOptions extends ConvOptions {
  /** Channels and filters fall into so many groups that do not see each other. Default 1. */
  readonly groups?: number;
}

interface Window {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly group?: number;
}

function windowOf(w: Value, options: ConvOptions | undefined): Window {
  const kernel = staticShape(w, 'a kernel').slice(2);
  const window = {
    kernel_shape: kernel,
    strides: options?.strides ?? kernel.map(() => 1),
    pads: options?.pads ?? [...kernel, ...kernel].map(() => 0),
  };
  if (window.strides.length !== kernel.length || window.pads.length !== 2 * kernel.length) {
    throw new Error(`strides or pads do not fit ${kernel.length} spatial axes`);
  }
  return window;
}

const paddingOf = ({ pads, kernel_shape }: Window, axis: number) => pads[axis]! + pads[kernel_shape.length + axis]!;

/**
 * Cross-correlation of one or two spatial axes. x [batch, channels, …size], w [filters, channels / groups, …kernel],
 * bias [filters] → [batch, filters, …windows] (the floor rule). With groups the gradient is for a depthwise kernel.
 */
export const conv: Op<[x: Value, w: Value, bias?: Value, options?: GroupedConvOptions]> = defineOp({
  name: 'conv',
  onnx: 'Conv',
  node: (x: Value, w: Value, bias?: Value, options?: GroupedConvOptions) => ({
    inputs: [x, w, ...(bias ? [bias] : [])],
    attributes: { ...windowOf(w, options), ...(options?.groups ? { group: options.groups } : {}) },
  }),
  outputs({ inputs, attributes }) {
    const [x, w] = inputs as readonly [Value, Value];
    requireSameType(x, w);
    if (x.shape.length !== w.shape.length) throw new Error('input and kernel differ in rank');
    const { group = 1 } = attributes;
    if (x.shape[1] !== productOf([w.shape[1]!, group])) {
      throw new Error(`input has ${x.shape[1]} channels, the kernel ${w.shape[1]}${group > 1 ? ` × ${group}` : ''}`);
    }
    const windows = attributes.kernel_shape.map((kernel, axis) =>
      windowCount(x.shape[2 + axis]!, kernel, attributes.strides[axis]!, paddingOf(attributes, axis)),
    );
    return typed(x.dtype, [x.shape[0]!, w.shape[0]!, ...windows]);
  },
  gradient({ inputs, attributes, grad }) {
    const [x, w] = inputs as readonly [Value, Value];
    const depthwise = attributes.group !== undefined;
    const ofX = depthwise ? depthwiseInputGradient(w, grad, attributes) : convInputGradient(x, w, grad, attributes);
    const ofW = depthwise ? depthwiseWeightGradient(x, w, grad, attributes) : convWeightGradient(x, grad, attributes);
    if (inputs.length === 2) return [ofX, ofW];
    const [batch, filters] = grad.shape as readonly [Dim, Dim];
    // Two plain reductions are faster than one over the outer and the inner axes.
    return [ofX, ofW, reduceSum(reduceSum(reshape(grad, [batch, filters, -1]), [2]), [0])];
  },
  samples: [
    {
      title: 'two channels by hand',
      inputs: [
        { shape: [1, 2, 1, 3], values: [1, 2, 3, 10, 20, 30] },
        { shape: [1, 2, 1, 2], values: [1, -1, 2, 1] },
        { shape: [1], values: [0.5] },
      ],
      args: (x, w, bias) => [x, w, bias],
      expected: [[1 - 2 + 20 + 20 + 0.5, 2 - 3 + 40 + 30 + 0.5]],
    },
    {
      title: '3×3, same size',
      inputs: [{ shape: [2, 3, 5, 4] }, { shape: [4, 3, 3, 3] }, { shape: [4] }],
      args: (x, w, bias) => [x, w, bias, { pads: [1, 1, 1, 1] }],
    },
    {
      title: 'one input channel',
      inputs: [{ shape: [2, 1, 4, 6] }, { shape: [3, 1, 3, 3] }],
      args: (x, w) => [x, w, undefined, { pads: [1, 1, 1, 1] }],
    },
    {
      title: 'strides with remainder',
      inputs: [{ shape: [2, 8, 6, 8] }, { shape: [3, 8, 3, 3] }],
      args: (x, w) => [x, w, undefined, { strides: [2, 2], pads: [1, 1, 1, 1] }],
    },
    {
      title: 'flat kernel, uneven padding, stride on one axis',
      inputs: [{ shape: [1, 2, 5, 7] }, { shape: [3, 2, 1, 5] }, { shape: [3] }],
      args: (x, w, bias) => [x, w, bias, { strides: [1, 3], pads: [0, 2, 0, 1] }],
    },
    {
      title: 'padding wider than the kernel',
      inputs: [{ shape: [1, 2, 3, 3] }, { shape: [2, 2, 1, 1] }],
      args: (x, w) => [x, w, undefined, { pads: [1, 0, 1, 0] }],
    },
    {
      title: 'one spatial axis',
      inputs: [{ shape: [2, 3, 7] }, { shape: [4, 3, 3] }, { shape: [4] }],
      args: (x, w, bias) => [x, w, bias, { strides: [2], pads: [1, 1] }],
    },
    {
      title: 'depthwise by hand',
      inputs: [
        { shape: [1, 2, 3], values: [1, 2, 3, 10, 20, 30] },
        { shape: [2, 1, 2], values: [1, -1, 2, 1] },
      ],
      args: (x, w) => [x, w, undefined, { groups: 2 }],
      expected: [[1 - 2, 2 - 3, 20 + 20, 40 + 30]],
    },
    {
      title: 'depthwise, same size, bias',
      inputs: [{ shape: [2, 3, 7] }, { shape: [3, 1, 5] }, { shape: [3] }],
      args: (x, w, bias) => [x, w, bias, { groups: 3, pads: [2, 2] }],
    },
    {
      title: 'named sizes',
      inputs: [{ shape: ['batch', 1, 4, 'time'], sizes: { batch: 2, time: 7 } }, { shape: [2, 1, 3, 3] }],
      args: (x, w) => [x, w, undefined, { strides: [1, 2], pads: [1, 1, 1, 1] }],
    },
  ],
});

/** At stride 1 a plain convolution with the turned kernel, which is the fastest form; else a transposed one. */
function convInputGradient(x: Value, w: Value, grad: Value, window: Window): Value {
  const { kernel_shape: kernel, strides, pads } = window;
  const rest = [...kernel, ...kernel].map((size, i) => size - 1 - pads[i]!);
  if (strides.every((stride) => stride === 1) && rest.every((padding) => padding >= 0)) {
    const turned = slice(w, ...kernel.map((_, axis) => ({ axis: axis + 2, step: -1 })));
    const swapped = transpose(turned, [1, 0, ...kernel.map((_, axis) => axis + 2)]);
    return conv(grad, swapped, undefined, { pads: rest });
  }
  const sizes = staticShape(x, 'the gradient of conv').slice(2);
  const outputPadding = sizes.map((size, axis) => (size + paddingOf(window, axis) - kernel[axis]!) % strides[axis]!);
  return convTranspose(grad, w, { strides, pads, outputPadding });
}

function depthwiseInputGradient(w: Value, grad: Value, window: Window): Value {
  const kernel = depthwiseKernel(w, window);
  const [before, after] = window.pads as readonly [number, number];
  const turned = slice(w, { axis: 2, step: -1 });
  return conv(grad, turned, undefined, {
    groups: w.shape[0] as number,
    pads: [kernel - 1 - before, kernel - 1 - after],
  });
}

/** Each channel's input, its utterances as channels, convolved with its gradient as one kernel over all of time. */
function depthwiseWeightGradient(x: Value, w: Value, grad: Value, window: Window): Value {
  depthwiseKernel(w, window);
  const [batch, channels, frames] = staticShape(x, 'the gradient of conv') as [number, number, number];
  const input = reshape(transpose(x, [1, 0, 2]), [1, channels * batch, frames]);
  const kernel = transpose(grad, [1, 0, 2]); // [channels, batch, windows]
  return reshape(conv(input, kernel, undefined, { groups: channels, pads: window.pads }), w.shape);
}

/** Frames of a depthwise kernel over one axis. */
function depthwiseKernel(w: Value, { kernel_shape: kernel, strides, group }: Window): number {
  const [size] = kernel as readonly [number];
  if (kernel.length === 1 && strides[0] === 1 && group === w.shape[0] && w.shape[1] === 1) return size;
  throw new Error('with groups only a depthwise kernel over one axis without stride has a gradient');
}

/**
 * dW[o, c, i, j] = Σ grad[b, o, y, x] · input[b, c, y·s + i, x·s + j], with pieces shifted along the last axis joined
 * as channels and one batched product per shift of the first; few channels take all shifts in one product.
 */
function convWeightGradient(x: Value, grad: Value, window: Window): Value {
  if (x.shape.length === 3) {
    const flat = {
      kernel_shape: [1, window.kernel_shape[0]!],
      strides: [1, window.strides[0]!],
      pads: [0, window.pads[0]!, 0, window.pads[1]!],
    };
    return squeeze(convWeightGradient(unsqueeze(x, [2]), unsqueeze(grad, [2]), flat), [2]);
  }
  const { kernel_shape: kernel, strides, pads } = window;
  const [height, width] = kernel as readonly [number, number];
  const [batch, filters, rows, columns] = staticShape(grad, 'the gradient of conv') as [number, number, number, number];
  const channels = staticShape(x, 'the gradient of conv')[1]!;
  const needsPad = pads.some((count) => count > 0);
  const padded = needsPad
    ? pad(x, { axis: 2, before: pads[0]!, after: pads[2]! }, { axis: 3, before: pads[1]!, after: pads[3]! })
    : x;
  const shifted = (value: Value, axis: number, shift: number, count: number) => {
    const step = strides[axis - 2]!;
    return slice(value, { axis, start: shift, end: shift + (count - 1) * step + 1, step });
  };
  const shifts = (count: number) => Array.from({ length: count }, (_, shift) => shift);
  const gradRows = reshape(grad, [batch, filters, rows * columns]);
  /** Σ over batch and place of grad × piece. piece [batch, depth, rows, columns] → [filters, depth]. */
  const product = (piece: Value, depth: number) => {
    const turned = transpose(reshape(piece, [batch, depth, rows * columns]), [0, 2, 1]);
    return reduceSum(matMul(gradRows, turned), [0]);
  };
  const byWidth = joined(
    shifts(width).map((shift) => shifted(padded, 3, shift, columns)),
    1,
  );
  const byHeight = shifts(height).map((shift) => shifted(byWidth, 2, shift, rows));
  if (channels * width < FEW_CHANNELS) {
    const all = product(joined(byHeight, 1), height * width * channels);
    return transpose(reshape(all, [filters, height, width, channels]), [0, 3, 1, 2]);
  }
  const products = byHeight.map((piece) => reshape(product(piece, width * channels), [1, filters, width, channels]));
  return transpose(joined(products, 0), [1, 3, 0, 2]);
}

const FEW_CHANNELS = 16;
const joined = (parts: readonly Value[], axis: number) => (parts.length === 1 ? parts[0]! : concat(parts, axis));

export interface ConvTransposeOptions extends ConvOptions {
  /** Extra size at the end of each spatial axis. Default 0. */
  readonly outputPadding?: readonly number[];
}

/** The adjoint of `conv` in its input. x [batch, filters, …windows], w [filters, channels, …kernel] → [batch, channels, …size]. */
export const convTranspose: Op<[x: Value, w: Value, options?: ConvTransposeOptions]> = defineOp({
  name: 'convTranspose',
  onnx: 'ConvTranspose',
  node: (x: Value, w: Value, options?: ConvTransposeOptions) => ({
    inputs: [x, w],
    attributes: {
      ...windowOf(w, options),
      output_padding: options?.outputPadding ?? w.shape.slice(2).map(() => 0),
    },
  }),
  outputs({ inputs: [x, w], attributes }) {
    requireSameType(x, w);
    if (x.shape[1] !== w.shape[0]) throw new Error(`input has ${x.shape[1]} channels, the kernel ${w.shape[0]}`);
    const counts = staticShape(x, 'convTranspose').slice(2);
    const sizes = counts.map(
      (count, axis) =>
        (count - 1) * attributes.strides[axis]! -
        paddingOf(attributes, axis) +
        attributes.kernel_shape[axis]! +
        attributes.output_padding[axis]!,
    );
    return typed(x.dtype, [x.shape[0]!, w.shape[1]!, ...sizes]);
  },
  gradient({ inputs: [x, w], attributes, grad }) {
    const { strides, pads } = attributes;
    return [conv(grad, w, undefined, { strides, pads }), convWeightGradient(grad, x, attributes)];
  },
  samples: [
    {
      title: 'by hand',
      inputs: [
        { shape: [1, 1, 1, 2], values: [1, 2] },
        { shape: [1, 1, 1, 2], values: [1, 10] },
      ],
      args: (x, w) => [x, w, { strides: [1, 2] }],
      expected: [[1, 10, 2, 20]],
    },
    {
      title: 'stride, padding, output padding',
      inputs: [{ shape: [2, 3, 3, 4] }, { shape: [3, 2, 3, 3] }],
      args: (x, w) => [x, w, { strides: [2, 2], pads: [1, 1, 1, 1], outputPadding: [1, 0] }],
    },
    {
      title: 'one spatial axis',
      inputs: [{ shape: [2, 3, 4] }, { shape: [3, 2, 2] }],
      args: (x, w) => [x, w],
    },
  ],
});

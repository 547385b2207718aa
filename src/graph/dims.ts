import type { Dim, Shape } from './value.ts';

/** Shape two operands broadcast to, by the rule of NumPy and ONNX. A name meets a number as that number. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    if (typeof x === 'string' && typeof y === 'number') return y;
    if (typeof y === 'string' && typeof x === 'number') return x;
    throw new Error(`shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast (axis ${axis})`);
  });
}

export const sameShape = (a: Shape, b: Shape) => a.length === b.length && a.every((dim, axis) => dim === b[axis]);

/** Axis counted from the front. */
export function normalizeAxis(axis: number, rank: number): number {
  const front = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || front < 0 || front >= rank) throw new Error(`axis ${axis} is outside rank ${rank}`);
  return front;
}

export const normalizeAxes = (axes: readonly number[], rank: number) => {
  const front = axes.map((axis) => normalizeAxis(axis, rank));
  if (new Set(front).size !== front.length) throw new Error(`axes [${axes.join(', ')}] name one axis twice`);
  return front;
};

export function productOf(dims: Shape): Dim {
  return factored(dims).render();
}

/** Quotient of two products; undefined when it cannot be written, such as `time*3 / 2`. */
export function divideProducts(total: Shape, part: Shape): Dim | undefined {
  const numerator = factored(total);
  const denominator = factored(part);
  if (denominator.number === 0 || numerator.number % denominator.number !== 0) return undefined;
  for (const name of denominator.names) {
    const at = numerator.names.indexOf(name);
    if (at < 0) return undefined;
    numerator.names.splice(at, 1);
  }
  numerator.number /= denominator.number;
  return numerator.render();
}

export function addDims(dims: Shape): Dim {
  const number = dims.reduce<number>((sum, dim) => (typeof dim === 'number' ? sum + dim : sum), 0);
  const names = dims.filter((dim) => typeof dim === 'string');
  if (names.length === 0) return number;
  const sum = names.join('+');
  if (number === 0) return sum;
  return number > 0 ? `${sum}+${number}` : `${sum}${number}`;
}

/** How many windows of `kernel` fit at `stride` into `size` plus `padding`: the floor rule of convolution and pooling. */
export function windowCount(size: Dim, kernel: number, stride: number, padding: number): Dim {
  const slack = padding - kernel;
  if (typeof size === 'number') {
    const count = Math.floor((size + slack) / stride) + 1;
    if (count < 1) throw new Error(`a window of ${kernel} does not fit into size ${size} with padding ${padding}`);
    return count;
  }
  const offset = slack + stride;
  const shifted = offset === 0 ? size : `(${addDims([size, offset])})`;
  if (stride !== 1) return `floor(${shifted}/${stride})`;
  return offset === 0 ? size : addDims([size, offset]);
}

function factored(dims: Shape) {
  let number = 1;
  const names: string[] = [];
  for (const dim of dims) {
    if (typeof dim === 'number') number *= dim;
    else for (const factor of splitFactors(dim)) names.push(factor);
  }
  const product = { number, names, render };
  for (const literal of names.filter((name) => /^\d+$/.test(name))) {
    product.number *= Number(literal);
    names.splice(names.indexOf(literal), 1);
  }
  names.sort();
  function render(): Dim {
    if (product.names.length === 0 || product.number === 0) return product.number;
    const symbols = product.names.join('*');
    return product.number === 1 ? symbols : `${symbols}*${product.number}`;
  }
  return product;
}

/** Factors of a product at the top level; a sum stays whole, in brackets. */
function splitFactors(expression: string): string[] {
  const factors = [''];
  let depth = 0;
  let isSum = false;
  for (const character of expression) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth === 0 && (character === '+' || character === '-')) isSum = true;
    if (depth === 0 && character === '*') factors.push('');
    else factors[factors.length - 1] += character;
  }
  return isSum ? [`(${expression})`] : factors;
}

import { toFloat16Bits } from './float16.ts';
import { cast } from './ops/compare.ts';
import { max, min } from './ops/elementwise.ts';
import { type DataType, isFloat, type TensorData, type Value } from './value.ts';

/** Largest finite float16. */
const largest = 65_504;

export interface Caster {
  /**
   * The value in another float type; asked for again, the same one. `isTerm`: it is added, as masks are that stand for
   * infinity with a number beyond float16, which becomes the largest there is.
   */
  castTo(value: Value, type: DataType, isTerm?: boolean): Value;
  /** Whether a value is made from constants and graph inputs alone: it widens nothing. */
  isWeak(value: Value): boolean;
  weaken(value: Value): void;
}

/** Makes each cast once. */
export function createCaster(): Caster {
  const weak = new Set<Value>();
  const made = { plain: new Map<Value, Value>(), bounded: new Map<Value, Value>() };
  const isWeak = (value: Value) =>
    value.source.kind === 'constant' ||
    (value.source.kind === 'input' && value.graph.parent === undefined) ||
    weak.has(value);
  const convert = (value: Value, type: DataType, bounded: boolean): Value => {
    const { source } = value;
    if (source.kind === 'constant') return narrowedConstant(value, source.data);
    if (source.kind === 'node' && source.node.op.onnx === 'Cast' && !isFloat(source.node.inputs[0]!.dtype))
      return cast(source.node.inputs[0]!, type);
    return cast(bounded ? max(min(value, largest), -largest) : value, type);
  };
  return {
    castTo(value, type, isTerm = false) {
      if (value.dtype === type) return value;
      if (!isFloat(value.dtype)) throw new Error(`a ${value.dtype} is not cast here`);
      const bounded = isTerm && type === 'float16' && isWeak(value);
      const memo = bounded ? made.bounded : made.plain;
      const known = memo.get(value) ?? convert(value, type, bounded);
      memo.set(value, known);
      if (isWeak(value)) weak.add(known);
      return known;
    },
    isWeak,
    weaken: (value) => weak.add(value),
  };
}

function narrowedConstant({ graph, shape }: Value, data: TensorData): Value {
  const bits = Uint16Array.from(data as Float32Array, (number) =>
    toFloat16Bits(Number.isFinite(number) ? Math.min(Math.max(number, -largest), largest) : number),
  );
  return graph.constant(bits, shape as readonly number[], 'float16');
}

import { add, gemm, mul, reshape, tile } from '../../graph/ops/index.ts';
import type { Graph, Value } from '../../graph/value.ts';

/** Cosines and sines of each frame's turn, for all heads beside each other: both [frames, heads·size]. */
export interface RotaryTables {
  cos: Value;
  sin: Value;
}

/** Wavelengths run geometrically from 2π to this times 2π frames. */
const longest = 10_000;

/** Radians per frame of each pair of a head's values, as float32: torch computes the turn from these. */
export function turnsPerFrame(size: number): Float32Array {
  return Float32Array.from({ length: size / 2 }, (_, i) => 1 / longest ** ((2 * i) / size));
}

/** The tables of `frames` frames, times `scale`. */
export function rotaryTables(graph: Graph, frames: number, heads: number, size: number, scale = 1): RotaryTables {
  const turns = turnsPerFrame(size);
  const table = (of: (angle: number) => number) => {
    const values = new Float32Array(frames * size);
    for (let t = 0; t < frames; t++) {
      for (let i = 0; i < size; i++) {
        values[t * size + i] = scale * of(Math.fround(t * turns[i % turns.length]!));
      }
    }
    const ofHead = graph.constant(values, [frames, 1, size]);
    return reshape(tile(ofHead, [1, heads, 1]), [frames, heads * size]);
  };
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

/**
 * Rotary position embedding (Su et al. 2021): value i of each head turned with value i + size / 2 by the frame's angle,
 * so that the product of two depends on their distance. x [batch, frames, heads·size], any batch and frames.
 */
export function rotate(x: Value, { cos, sin }: RotaryTables, size: number): Value {
  const quarter = reshape(gemm(reshape(x, [-1, size]), quarterTurn(x.graph, size)), x.shape);
  return add(mul(x, cos), mul(quarter, sin));
}

/** [size, size]: a head's value i becomes −(value i + size / 2), value i + size / 2 becomes value i. */
export function quarterTurn(graph: Graph, size: number): Value {
  const half = size / 2;
  const turn = new Float32Array(size * size);
  for (let i = 0; i < half; i++) {
    turn[(i + half) * size + i] = -1;
    turn[i * size + i + half] = 1;
  }
  return graph.constant(turn, [size, size]);
}

import { readFileSync } from 'node:fs';

/** A tensor of a fixture made by PyTorch. */
export interface FixtureTensor {
  shape: number[];
  data: Float32Array;
}

/** Reads test/fixtures/torch/<name>.json; packed tensors become typed arrays, everything else stays as written. */
export function readTorchFixture<T>(name: string): T {
  const text = readFileSync(new URL(`../fixtures/torch/${name}.json`, import.meta.url), 'utf8');
  return unpack(JSON.parse(text)) as T;
}

function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value !== 'object' || value === null) return value;
  if ('data' in value && 'dtype' in value && 'shape' in value) {
    const bytes = Uint8Array.from(Buffer.from(String(value.data), 'base64'));
    return {
      shape: value.shape,
      data: value.dtype === 'int32' ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer),
    };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]));
}

/** Largest |actual − expected|. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length)
    throw new Error(`${actual.length} values where ${expected.length} are expected`);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** [batch, channels, frames, width] with another number of frames: cut, or filled with zeros. */
export function withFrames({ shape, data }: FixtureTensor, frames: number): FixtureTensor {
  const [batch, channels, before, width] = shape as [number, number, number, number];
  const result = new Float32Array(batch * channels * frames * width);
  const kept = Math.min(before, frames) * width;
  for (let row = 0; row < batch * channels; row++) {
    const start = row * before * width;
    result.set(data.subarray(start, start + kept), row * frames * width);
  }
  return { shape: [batch, channels, frames, width], data: result };
}

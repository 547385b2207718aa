import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, parseSafetensorsHeader } from './safetensors.ts';

const join = (pieces: Uint8Array[]) => Uint8Array.from(pieces.flatMap((piece) => [...piece]));
const tensors = [
  { name: 'a.weight', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, Number.NaN, 1e-40) },
  { name: 'count', shape: [1], data: Int32Array.of(-7) },
  { name: 'empty', shape: [0, 4], data: new Float32Array(0) },
];

describe('safetensors', () => {
  it('gives back what was written', () => {
    const decoded = decodeSafetensors(join(encodeSafetensors(tensors, { format: 'pt' })));
    expect(decoded).toEqual({ tensors, metadata: { format: 'pt' } });
  });

  it('reads from a Buffer, whose slices are views', () => {
    const bytes = Buffer.from(join(encodeSafetensors(tensors, {})));
    expect(decodeSafetensors(bytes).tensors).toEqual(tensors);
  });

  it('has the layout of the specification: length, JSON padded by spaces to 8, little-endian data', () => {
    const bytes = join(encodeSafetensors([{ name: 'x', shape: [1], data: Float32Array.of(1) }], {}));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(JSON.parse(header)).toEqual({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } });
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it('refuses a file cut at any byte', () => {
    const bytes = join(encodeSafetensors(tensors, {}));
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeSafetensors(bytes.subarray(0, length)), `${length} bytes`).toThrow();
  });

  it('refuses gaps, overlaps, wrong sizes and absurd lengths', () => {
    const withHeader = (header: unknown, dataBytes: number) => {
      const json = new TextEncoder().encode(JSON.stringify(header));
      const bytes = new Uint8Array(8 + json.length + dataBytes);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
      bytes.set(json, 8);
      return () => parseSafetensorsHeader(bytes, bytes.length);
    };
    const entry = (start: number, end: number) => ({
      dtype: 'F32',
      shape: [(end - start) / 4],
      data_offsets: [start, end],
    });
    expect(withHeader({ a: entry(0, 4), b: entry(4, 8) }, 8)).not.toThrow();
    expect(withHeader({ a: entry(0, 4), b: entry(8, 12) }, 12)).toThrow(/gap/);
    expect(withHeader({ a: entry(0, 8), b: entry(4, 8) }, 8)).toThrow(/overlap/);
    expect(withHeader({ a: entry(0, 4) }, 8)).toThrow(/bytes/);
    expect(withHeader({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4)).toThrow(/shape/);
    expect(withHeader({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4)).toThrow(/bad entry/);
    expect(() => parseSafetensorsHeader(new Uint8Array(8).fill(255), 8)).toThrow(/longer/);
  });
});

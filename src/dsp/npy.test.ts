import { expect, test } from 'vitest';
import { parseNpy, renderNpy } from './npy.ts';

test('writes the header NumPy reads, 64-byte aligned data, row by row', () => {
  const bytes = renderNpy({ frames: 2, bins: 3, data: Float32Array.of(1, 2, 3, 4, 5, -6.5) });
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, ...Buffer.from('NUMPY'), 1, 0]);
  const headerEnd = 10 + bytes[8]! + 256 * bytes[9]!;
  expect(headerEnd % 64).toBe(0);
  const header = Buffer.from(bytes.subarray(10, headerEnd)).toString('latin1');
  expect(header.trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  expect(header.endsWith('\n')).toBe(true);
  expect(bytes.length).toBe(headerEnd + 24);
  const view = new DataView(bytes.buffer, headerEnd);
  expect([0, 1, 5].map((i) => view.getFloat32(4 * i, true))).toEqual([1, 2, -6.5]);
});

test('reads back what it wrote, also not finite, and refuses anything else', () => {
  const matrix = { frames: 2, bins: 2, data: Float32Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY, -2) };
  const bytes = renderNpy(matrix);
  expect(parseNpy(bytes)).toEqual(matrix);
  expect(parseNpy(bytes.subarray(0, bytes.length - 1))).toBeUndefined();
  expect(parseNpy(new Uint8Array(80))).toBeUndefined();
});

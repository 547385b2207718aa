import type { FeatureMatrix } from './featureMatrix.ts';

/** Bytes of a NumPy .npy file (format 1.0), float32 of shape [frames, bins], C order. */
export function renderNpy({ frames, bins, data }: FeatureMatrix): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${frames}, ${bins}), }`;
  const prefix = 10;
  // The format wants the data aligned to 64 bytes and the header to end in a newline.
  const headerLength = Math.ceil((prefix + description.length + 1) / 64) * 64 - prefix;
  const header = `${description.padEnd(headerLength - 1)}\n`;
  const bytes = new Uint8Array(prefix + headerLength + 4 * data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, headerLength & 255, headerLength >> 8]);
  bytes.set(new TextEncoder().encode(header), prefix);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < data.length; i++) view.setFloat32(prefix + headerLength + 4 * i, data[i]!, true);
  return bytes;
}

/** What `renderNpy` wrote; undefined for anything else. */
export function parseNpy(bytes: Uint8Array): FeatureMatrix | undefined {
  const prefix = 10;
  const start = prefix + (bytes[8] ?? 0) + 256 * (bytes[9] ?? 0);
  const header = new TextDecoder('latin1').decode(bytes.subarray(prefix, start));
  const shape = /^\{'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n$/.exec(header);
  const [frames, bins] = [Number(shape?.[1]), Number(shape?.[2])];
  if (bytes.length !== start + 4 * frames * bins) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  return { frames, bins, data: Float32Array.from({ length: frames * bins }, (_, i) => view.getFloat32(4 * i, true)) };
}

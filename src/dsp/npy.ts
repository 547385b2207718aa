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

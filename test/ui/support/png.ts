import { inflateSync } from 'node:zlib';

export interface Picture {
  width: number;
  height: number;
  /** Luminance of a pixel, 0 to 255. */
  luminance(x: number, y: number): number;
}

/** Reads what a browser's screenshot is: 8-bit RGB or RGBA, not interlaced (PNG, second edition). */
export function readPng(file: Buffer): Picture {
  const parts: Buffer[] = [];
  let header: Buffer | undefined;
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const data = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = data;
    if (type === 'IDAT') parts.push(data);
    at += length + 12;
  }
  if (!header) throw new Error('not a PNG file');
  const [width, height, depth, colour, interlace] = [
    header.readUInt32BE(0),
    header.readUInt32BE(4),
    header[8],
    header[9],
    header[12],
  ];
  if (depth !== 8 || (colour !== 2 && colour !== 6) || interlace !== 0)
    throw new Error(`PNG of depth ${depth}, colour type ${colour}, interlace ${interlace}`);
  const pixelBytes = colour === 6 ? 4 : 3;
  const pixels = unfilter(inflateSync(Buffer.concat(parts)), width * pixelBytes, height, pixelBytes);
  return {
    width,
    height,
    luminance(x, y) {
      const at = (y * width + x) * pixelBytes;
      return 0.2126 * pixels[at]! + 0.7152 * pixels[at + 1]! + 0.0722 * pixels[at + 2]!;
    },
  };
}

function unfilter(raw: Buffer, stride: number, height: number, pixelBytes: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= pixelBytes ? out[at - pixelBytes]! : 0;
      const up = y > 0 ? out[at - stride]! : 0;
      const corner = x >= pixelBytes && y > 0 ? out[at - stride - pixelBytes]! : 0;
      out[at] = raw[y * (stride + 1) + 1 + x]! + predict(filter, left, up, corner);
    }
  }
  return out;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const estimate = left + up - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

import { type ByteSource, windowedSource } from '../byteSource.ts';

/** One page of an Ogg stream. Source: RFC 3533 section 6. */
export interface OggPage {
  offset: number;
  /** Bytes before it that belong to no page. */
  skippedBytes: number;
  continued: boolean;
  first: boolean;
  last: boolean;
  /** Of the last sample that ends here; undefined where no packet ends. */
  granule: number | undefined;
  serial: number;
  sequence: number;
  /** Its checksum holds. */
  sound: boolean;
  /** Parts of packets; all but the last are complete, and the last is when `complete`. */
  parts: Uint8Array[];
  complete: boolean;
}

const magic = [0x4f, 0x67, 0x67, 0x53];
const searchBytes = 1 << 16;

/** The pages of a file in order; what lies between them is passed over. */
export async function* walkOggPages(file: ByteSource): AsyncGenerator<OggPage> {
  const source = windowedSource(file, 1 << 17);
  let skippedBytes = 0;
  for (let offset = 0; offset + 27 <= source.size; ) {
    const page = await readPage(source, offset);
    if (page) {
      yield { ...page.page, skippedBytes };
      skippedBytes = 0;
      offset += page.size;
      continue;
    }
    const next = await findPage(source, offset + 1);
    skippedBytes += next - offset;
    offset = next;
  }
}

async function readPage(source: ByteSource, offset: number): Promise<{ page: OggPage; size: number } | undefined> {
  const head = Uint8Array.from(await source.read(offset, 27 + 255));
  const count = head[26]!;
  if (!magic.every((byte, i) => head[i] === byte) || head[4] !== 0 || head.length < 27 + count) return undefined;
  const lengths = head.subarray(27, 27 + count);
  const bodyBytes = lengths.reduce((sum, length) => sum + length, 0);
  const size = 27 + count + bodyBytes;
  const bytes = Uint8Array.from(await source.read(offset, size));
  if (bytes.length < size) return undefined;
  const view = new DataView(bytes.buffer);
  const wanted = view.getUint32(22, true);
  view.setUint32(22, 0);
  const granule = view.getInt32(10, true) * 2 ** 32 + view.getUint32(6, true);
  const parts: Uint8Array[] = [];
  let start = 27 + count;
  let end = start;
  for (const length of lengths) {
    end += length;
    if (length === 255) continue;
    parts.push(bytes.subarray(start, end));
    start = end;
  }
  const complete = count === 0 || lengths[count - 1]! < 255;
  if (!complete) parts.push(bytes.subarray(start, end));
  const page: OggPage = {
    offset,
    skippedBytes: 0,
    continued: (bytes[5]! & 1) !== 0,
    first: (bytes[5]! & 2) !== 0,
    last: (bytes[5]! & 4) !== 0,
    granule: granule === -1 ? undefined : granule,
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    sound: crc32(bytes) === wanted,
    parts,
    complete,
  };
  return { page, size };
}

async function findPage(source: ByteSource, from: number): Promise<number> {
  for (let at = from; at < source.size; at += searchBytes - 3) {
    const bytes = await source.read(at, searchBytes);
    for (let i = bytes.indexOf(magic[0]!); i >= 0; i = bytes.indexOf(magic[0]!, i + 1))
      if (magic.every((byte, j) => bytes[i + j] === byte)) return at + i;
  }
  return source.size;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8) ^ crcTable[(crc >>> 24) ^ byte]!;
  return crc >>> 0;
}

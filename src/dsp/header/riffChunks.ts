import type { HeaderChunk } from '../../shared/headerChunk.ts';
import type { ByteSource } from '../byteSource.ts';
import { asciiText } from '../containers.ts';
import { createFieldReader, decodeFields } from './fieldReader.ts';
import { listPart, riffFields } from './riffFields.ts';
import { hexText, mostChunks, mostFields, visibleText } from './visibleText.ts';

/** So much of a chunk is read for its fields. */
const mostBytes = 1 << 16;
const unknownSize = 0xffffffff;

/** The chunks of a RIFF, RIFX, RF64 or BW64 file, whatever is odd about them; reads no samples. */
export async function riffChunks(source: ByteSource): Promise<HeaderChunk[]> {
  const head = await source.read(0, 12);
  const kind = asciiText(head.subarray(0, 4));
  const littleEndian = kind !== 'RIFX';
  const claimed = head.length >= 8 ? sizeAt(head, littleEndian) : 0;
  const chunks: HeaderChunk[] = [
    {
      ...{ id: visibleText(kind), offset: 0, size: claimed },
      fields: [{ name: 'form', value: visibleText(asciiText(head.subarray(8, 12))) }],
      ...noteOf(riffNote(claimed, source.size)),
    },
  ];
  let dataSize64: number | undefined;
  for (let offset = 12; offset + 8 <= source.size; ) {
    if (chunks.length === mostChunks) {
      chunks.at(-1)!.note = `more than ${mostChunks} chunks; the rest is not shown`;
      break;
    }
    const chunk = await readChunk(source, offset, littleEndian, dataSize64);
    chunks.push(chunk.shown);
    const stated = Number(chunk.shown.fields.find(({ name }) => name === 'data size')?.value);
    if (chunk.shown.id === 'ds64' && stated > 0) dataSize64 = stated;
    offset = chunk.next;
  }
  return chunks;
}

function riffNote(claimed: number, sizeBytes: number): string | undefined {
  const really = sizeBytes - 8;
  if (claimed === really || claimed === unknownSize || claimed + 1 === really) return undefined;
  return `says ${claimed} bytes, the file has ${really}`;
}

async function readChunk(source: ByteSource, offset: number, littleEndian: boolean, dataSize64: number | undefined) {
  const head = await source.read(offset, 8);
  const rawId = asciiText(head.subarray(0, 4));
  const key = rawId.trim().toLowerCase();
  const size = sizeAt(head, littleEndian);
  const body = offset + 8;
  const available = source.size - body;
  const long = key === 'data' && size === unknownSize && dataSize64 !== undefined ? dataSize64 : size;
  const bytes = await source.read(body, key === 'data' ? 0 : Math.min(size, available, mostBytes));
  const { id, fields, note } = describe(key, rawId, bytes, littleEndian);
  const odd: (string | undefined)[] = [note];
  if (long > available) odd.push(`says ${long} bytes, ${available} follow`);
  let end = body + Math.min(long, available);
  if (key === 'data' && size === 0 && available > 0 && !(await isChunkAt(source, body))) {
    odd.push(`says 0 bytes, ${available} follow`);
    end = source.size;
  }
  const { next, note: padding } = await nextChunk(source, end, long);
  odd.push(padding);
  const text = odd.filter(Boolean).join('; ');
  const shown: HeaderChunk = { id, offset, size, fields, ...noteOf(text || undefined) };
  return { shown, next };
}

/** Chunks have even sizes; some writers forget the byte that fills them up. */
async function nextChunk(source: ByteSource, end: number, size: number): Promise<{ next: number; note?: string }> {
  if (size % 2 === 0 || end + 1 >= source.size) return { next: end };
  if ((await isChunkAt(source, end + 1)) || !(await isChunkAt(source, end))) return { next: end + 1 };
  return { next: end, note: 'an odd size without its padding byte' };
}

function describe(key: string, rawId: string, bytes: Uint8Array, littleEndian: boolean) {
  const plainId = visibleText(rawId.trimEnd() || rawId);
  if (key === 'data') return { id: plainId, fields: [] };
  if (key === 'list') {
    const kind = visibleText(asciiText(bytes.subarray(0, 4)));
    return { id: `${plainId} ${kind}`, ...listFields(bytes.subarray(4), littleEndian) };
  }
  const decoder = Object.hasOwn(riffFields, key) ? riffFields[key]! : undefined;
  if (decoder) return { id: plainId, ...decodeFields(bytes, littleEndian, decoder) };
  const filler = bytes.every((byte) => byte === bytes[0]);
  return { id: plainId, fields: bytes.length === 0 || filler ? [] : [{ name: 'bytes', value: hexText(bytes) }] };
}

function listFields(bytes: Uint8Array, littleEndian: boolean) {
  return decodeFields(bytes, littleEndian, (reader, add) => {
    for (let part = 0; part <= mostFields && reader.left >= 8; part++) {
      const id = asciiText(reader.bytes(4));
      const size = reader.u32();
      const inside = createFieldReader(reader.bytes(Math.min(size, reader.left)), littleEndian);
      add(...listPart(id, inside));
      if (size % 2 === 1 && reader.left > 0) reader.bytes(1);
    }
  });
}

async function isChunkAt(source: ByteSource, offset: number): Promise<boolean> {
  const id = asciiText(await source.read(offset, 4));
  return /^[A-Za-z0-9_ ]{4}$/.test(id) && id.trim() !== '';
}

const sizeAt = (head: Uint8Array, littleEndian: boolean): number =>
  new DataView(head.buffer, head.byteOffset, 8).getUint32(4, littleEndian);

export const noteOf = (note: string | undefined): { note?: string } => (note ? { note } : {});

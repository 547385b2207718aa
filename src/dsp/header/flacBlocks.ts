import type { HeaderChunk } from '../../shared/headerChunk.ts';
import type { ByteSource } from '../byteSource.ts';
import { createFieldReader, decodeFields, type FieldDecoder } from './fieldReader.ts';
import { mostChunks } from './visibleText.ts';

const names = ['STREAMINFO', 'PADDING', 'APPLICATION', 'SEEKTABLE', 'VORBIS_COMMENT', 'CUESHEET', 'PICTURE'];
const mostBytes = 1 << 16;

/** The metadata blocks of a FLAC stream that begins at `start`. Source: RFC 9639 §8. */
export async function flacBlocks(source: ByteSource, start: number): Promise<HeaderChunk[]> {
  const blocks: HeaderChunk[] = [{ id: 'fLaC', offset: start, size: 0, fields: [] }];
  for (let offset = start + 4, last = false; !last; ) {
    const head = await source.read(offset, 4);
    if (head.length < 4) return noteLast(blocks, 'the metadata never ends');
    if (blocks.length === mostChunks) return noteLast(blocks, `more than ${mostChunks} blocks; the rest is not shown`);
    last = (head[0]! & 0x80) !== 0;
    const kind = head[0]! & 0x7f;
    const size = (head[1]! << 16) | (head[2]! << 8) | head[3]!;
    const available = source.size - offset - 4;
    const decoder = decoders[kind];
    const bytes = decoder ? await source.read(offset + 4, Math.min(size, mostBytes)) : new Uint8Array(0);
    const { fields, note } = decoder ? decodeFields(bytes, false, decoder) : { fields: [] };
    const odd = size > available ? `says ${size} bytes, ${Math.max(0, available)} follow` : note;
    blocks.push({ id: names[kind] ?? `block ${kind}`, offset, size, fields, ...(odd ? { note: odd } : {}) });
    offset += 4 + size;
  }
  return blocks;
}

function noteLast(blocks: HeaderChunk[], note: string): HeaderChunk[] {
  blocks.at(-1)!.note = note;
  return blocks;
}

const streamInfo: FieldDecoder = (reader, add) => {
  add('block size', `${reader.u16()} to ${reader.u16()} samples`);
  const frameBytes = () => (reader.u8() << 16) | reader.u16();
  add('frame size', `${frameBytes()} to ${frameBytes()} bytes`);
  const packed = reader.u32();
  add('sample rate', `${packed >>> 12} Hz`);
  add('channels', ((packed >>> 9) & 7) + 1);
  add('bits per sample', ((packed >>> 4) & 31) + 1);
  add('samples', (packed & 15) * 2 ** 32 + reader.u32());
  add('MD5', [...reader.bytes(16)].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
};

/** The vendor, then `NAME=value` each; lengths are little-endian here alone. Also in Ogg files. */
export const vorbisComment: FieldDecoder = (reader, add) => {
  const little = createFieldReader(reader.bytes(reader.left), true);
  add('vendor', little.text(little.u32()));
  const count = little.u32();
  for (let i = 0; i < count; i++) {
    const comment = little.text(little.u32());
    const at = comment.indexOf('=');
    add(at > 0 ? comment.slice(0, at) : 'comment', comment.slice(at + 1));
  }
};

const picture: FieldDecoder = (reader, add) => {
  add('kind', reader.u32());
  add('type', reader.text(reader.u32()));
  add('description', reader.text(reader.u32()));
  add('size', `${reader.u32()} × ${reader.u32()} pixels`);
  reader.bytes(8);
  add('bytes', reader.u32());
};

const decoders: Record<number, FieldDecoder> = {
  0: streamInfo,
  2: (reader, add) => add('application', reader.text(4)),
  3: (reader, add) => add('points', Math.floor(reader.length / 18)),
  4: vorbisComment,
  5: (reader, add) => add('catalogue number', reader.text(128)),
  6: picture,
};

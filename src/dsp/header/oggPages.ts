import type { HeaderChunk } from '../../shared/headerChunk.ts';
import type { ByteSource } from '../byteSource.ts';
import { asciiText } from '../containers.ts';
import { createFieldReader, decodeFields, type FieldDecoder } from './fieldReader.ts';
import { vorbisComment } from './flacBlocks.ts';

/** Headers of a stream stand in its first pages; the others hold samples. */
const headPages = 8;

/** The first pages of an Ogg file and what their packets begin with. Source: RFC 3533, RFC 7845. */
export async function oggPages(source: ByteSource): Promise<HeaderChunk[]> {
  const pages: HeaderChunk[] = [];
  for (let offset = 0; pages.length < headPages && offset + 27 <= source.size; ) {
    const head = Uint8Array.from(await source.read(offset, 27));
    if (asciiText(head.subarray(0, 4)) !== 'OggS') {
      pages.push({ id: '?', offset, size: source.size - offset, fields: [], note: 'no page begins here' });
      break;
    }
    const segments = Uint8Array.from(await source.read(offset + 27, head[26]!));
    const size = segments.reduce((sum, length) => sum + length, 0);
    const body = Uint8Array.from(await source.read(offset + 27 + segments.length, Math.min(size, 1 << 16)));
    const reader = createFieldReader(head, true);
    reader.at = 6;
    const granule = reader.u64();
    const { fields, note } = decodeFields(body, true, packetFields);
    fields.unshift(
      { name: 'granule position', value: String(granule) },
      { name: 'stream', value: String(reader.u32()) },
    );
    pages.push({ id: 'OggS', offset, size, fields, ...(note ? { note: 'its packet goes on in the next page' } : {}) });
    offset += 27 + segments.length + size;
  }
  return pages;
}

const packetFields: FieldDecoder = (reader, add) => {
  const start = asciiText(reader.bytes(Math.min(8, reader.left)));
  if (start === 'OpusHead') {
    add('codec', `Opus, version ${reader.u8()}`);
    add('channels', reader.u8());
    add('pre-skip', `${reader.u16()} samples`);
    add('input rate', `${reader.u32()} Hz`);
    add('output gain', `${reader.i16() / 256} dB`);
  } else if (start === 'OpusTags') vorbisComment(reader, add);
  else if (start.startsWith('\x01vorbis')) {
    reader.at = 7;
    add('codec', `Vorbis, version ${reader.u32()}`);
    add('channels', reader.u8());
    add('sample rate', `${reader.u32()} Hz`);
    const names = ['highest', 'nominal', 'lowest'];
    for (const name of names) add(`${name} bit rate`, reader.u32());
  } else if (start.startsWith('\x03vorbis')) {
    reader.at = 7;
    vorbisComment(reader, add);
  }
};

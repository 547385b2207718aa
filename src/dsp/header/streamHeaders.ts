import type { HeaderChunk } from '../../shared/headerChunk.ts';
import type { ByteSource } from '../byteSource.ts';
import { decodeFields } from './fieldReader.ts';
import { hexText } from './visibleText.ts';

const auEncodings: Record<number, string> = {
  1: 'µ-law',
  2: '8-bit PCM',
  3: '16-bit PCM',
  4: '24-bit PCM',
  5: '32-bit PCM',
};

/** The header of a Sun or NeXT file. */
export async function auHeader(source: ByteSource): Promise<HeaderChunk[]> {
  const bytes = Uint8Array.from(await source.read(0, 256));
  const littleEndian = bytes[0] === 0x64;
  const { fields, note } = decodeFields(bytes, littleEndian, (reader, add) => {
    reader.bytes(4);
    const dataOffset = reader.u32();
    add('data offset', dataOffset);
    add('data size', reader.u32());
    const encoding = reader.u32();
    add('encoding', `${encoding} ${auEncodings[encoding] ?? ''}`.trim());
    add('sample rate', `${reader.u32()} Hz`);
    add('channels', reader.u32());
    if (dataOffset > 24) add('annotation', reader.text(Math.min(reader.left, dataOffset - 24)));
  });
  return [{ id: '.snd', offset: 0, size: source.size, fields, ...(note ? { note } : {}) }];
}

const layers = ['reserved', 'III', 'II', 'I'];
const versions = ['2.5', 'reserved', '2', '1'];
const rates = [44_100, 48_000, 32_000];
const modes = ['stereo', 'joint stereo', 'dual channel', 'mono'];

/** The header of the first MPEG audio frame. */
export async function mpegHeader(source: ByteSource, start: number): Promise<HeaderChunk[]> {
  const head = Uint8Array.from(await source.read(start, 4));
  const size = Math.max(0, source.size - start);
  const [first = 0, second = 0, third = 0, fourth = 0] = head;
  if (first !== 0xff || (second & 0xe0) !== 0xe0)
    return [{ id: '?', offset: start, size, fields: [{ name: 'bytes', value: hexText(head) }] }];
  const version = (second >> 3) & 3;
  const rate = (rates[(third >> 2) & 3] ?? 0) / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const fields = [
    { name: 'format', value: `MPEG ${versions[version]} layer ${layers[(second >> 1) & 3]}` },
    { name: 'sample rate', value: `${rate} Hz` },
    { name: 'channels', value: modes[fourth >> 6]! },
  ];
  return [{ id: 'MPEG frame', offset: start, size, fields }];
}

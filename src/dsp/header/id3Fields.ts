import type { FieldDecoder, FieldReader } from './fieldReader.ts';
import { plainText } from './fieldReader.ts';

const names: Record<string, string> = {
  ...{ TIT2: 'title', TPE1: 'artist', TALB: 'album', TRCK: 'track', TYER: 'year', TDRC: 'recorded', TCON: 'genre' },
  ...{ COMM: 'comment', TCOP: 'copyright', TENC: 'encoded by', TSSE: 'encoder', TLAN: 'language', TXXX: 'text' },
  ...{ TT2: 'title', TP1: 'artist', TAL: 'album', TRK: 'track', TYE: 'year', TCO: 'genre', COM: 'comment' },
};

/** ID3v2.2 to 2.4: texts as text, everything else by its size. Source: id3.org. */
export const id3Fields: FieldDecoder = (reader, add) => {
  if (String.fromCharCode(...reader.bytes(3)) !== 'ID3') return;
  const major = reader.u8();
  add('version', `2.${major}.${reader.u8()}`);
  const flags = reader.u8();
  const end = Math.min(reader.length, sevenBits(reader.bytes(4)) + 10);
  if (flags & 0x40 && major > 2) {
    const size = reader.bytes(4);
    reader.bytes(major === 4 ? sevenBits(size) - 4 : wholeNumber(size));
  }
  const idLength = major === 2 ? 3 : 4;
  while (reader.at + idLength + 6 <= end) {
    const id = String.fromCharCode(...reader.bytes(idLength));
    // What follows the last frame is padding.
    if (!/^[A-Z0-9]+$/.test(id)) return;
    const sizeBytes = reader.bytes(idLength);
    const size = major === 4 ? sevenBits(sizeBytes) : wholeNumber(sizeBytes);
    if (major > 2) reader.bytes(2);
    add(names[id] ? `${id} (${names[id]})` : id, frameText(id, reader, size));
  }
};

function frameText(id: string, reader: FieldReader, size: number): string {
  const isText = id.startsWith('T') || id.startsWith('COM');
  const bytes = reader.bytes(size);
  if (!isText) return id.startsWith('W') ? plainText(bytes) : `${size} bytes`;
  const text = decodeText(bytes[0] ?? 0, bytes.subarray(id.startsWith('COM') ? 4 : 1));
  return text.split('\0').filter(Boolean).join(' / ');
}

function decodeText(encoding: number, bytes: Uint8Array): string {
  if (encoding === 3) return new TextDecoder('utf-8').decode(bytes);
  if (encoding === 0) return new TextDecoder('windows-1252').decode(bytes);
  const bigEndian = encoding === 2 || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le').decode(bytes);
}

const sevenBits = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum * 128 + (byte & 127), 0);
const wholeNumber = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

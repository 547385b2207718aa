import { crc32, deflateRawSync } from 'node:zlib';
import pako from 'pako';
import type { ZipEntry } from './readZip.ts';

/** From here on Node's zlib, which is tuned for speed, costs more bytes than the classic one costs seconds. */
const largeBytes = 1 << 20;
/** The first of January 1980, in the words of MS-DOS: an archive depends on nothing but its files. */
const date = 0x21;
const utf8Names = 0x800;

/** The files as a zip archive, deflated, in the order given (APPNOTE 4.3); each needs to be smaller than 4 GiB. */
export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, data, mode } of entries) {
    const bytes = Buffer.from(name);
    const packed = data.length < largeBytes ? deflateRawSync(data, { level: 9 }) : pako.deflateRaw(data, { level: 9 });
    // What both headers have: version 2.0, flags, method, time, date, checksum, sizes, length of the name, no more.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(utf8Names, 2);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt16LE(date, 8);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(bytes.length, 22);
    locals.push(
      Buffer.from('PK\u0003\u0004', 'latin1'),
      shared,
      bytes,
      Buffer.from(packed.buffer, packed.byteOffset, packed.length),
    );
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((mode || 0o100644) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    // Made by Unix, so that the mode counts.
    central.push(Buffer.from('PK\u0001\u0002\u0014\u0003', 'latin1'), shared, rest, bytes);
    offset += 30 + bytes.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

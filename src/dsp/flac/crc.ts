/** CRC-8 (polynomial 0x07) of bytes[start, end): FLAC frame headers. */
export function crc8(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) crc = table8[crc ^ bytes[i]!]!;
  return crc;
}

/** CRC-16 (polynomial 0x8005) of bytes[start, end): whole FLAC frames. */
export function crc16(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let i = start; i < end; i++) crc = ((crc << 8) & 0xffff) ^ table16[(crc >> 8) ^ bytes[i]!]!;
  return crc;
}

const table8 = Uint8Array.from({ length: 256 }, (_, byte) => remainder(byte, 0x07, 8));
const table16 = Uint16Array.from({ length: 256 }, (_, byte) => remainder(byte << 8, 0x8005, 16));

function remainder(value: number, polynomial: number, width: number): number {
  let crc = value;
  for (let bit = 0; bit < 8; bit++) crc = crc & (1 << (width - 1)) ? (crc << 1) ^ polynomial : crc << 1;
  return crc & (2 ** width - 1);
}

import { open, stat } from 'node:fs/promises';
import type { TextPiece } from '../../../shared/protocol/evaluation.ts';

/** What one message to a view may carry. */
const pieceBytes = 256 * 1024;

/** Text of a file from a byte on, which must begin a character; it ends where a character ends. */
export async function readPiece(file: string, startByte: number): Promise<TextPiece> {
  const handle = await open(file, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(pieceBytes), 0, pieceBytes, startByte);
    const bytes = buffer.subarray(0, bytesRead);
    const whole = bytes.subarray(0, bytes.length - unfinished(bytes));
    return { text: whole.toString('utf8'), endByte: startByte + whole.length };
  } finally {
    await handle.close();
  }
}

/** Bytes at the end that begin a UTF-8 character without ending it. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

export const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

import { type FileHandle, open } from 'node:fs/promises';

/** Longer lines are no text. */
const longestLineBytes = 16 * 1024 * 1024;
const newline = 10;

/** Lines of a file that contain some characters, with their numbers from 1; the file is read in parts, once. */
export async function matchingLines(
  file: string,
  wanted: string,
  chunkBytes = 1 << 20,
): Promise<[source: string, line: number][]> {
  const handle = await open(file, 'r');
  try {
    return await scan(handle, Buffer.from(wanted), chunkBytes);
  } finally {
    await handle.close();
  }
}

async function scan(handle: FileHandle, wanted: Buffer, chunkBytes: number): Promise<[string, number][]> {
  const found: [string, number][] = [];
  let line = 1;
  let rest = Buffer.alloc(0);
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, null);
    const data = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    const end = bytesRead === 0 ? data.length : data.lastIndexOf(newline) + 1;
    let at = 0;
    for (let hit = data.indexOf(wanted); hit >= 0 && hit < end; hit = data.indexOf(wanted, at)) {
      const from = data.lastIndexOf(newline, hit) + 1;
      line += countLines(data, at, from);
      const next = data.indexOf(newline, hit);
      const to = next < 0 ? data.length : next;
      found.push([data.toString('utf8', from, data[to - 1] === 13 ? to - 1 : to), line]);
      at = to;
    }
    line += countLines(data, at, end);
    rest = data.subarray(end);
    if (bytesRead === 0 || rest.length > longestLineBytes) return found;
  }
}

function countLines(data: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = data.indexOf(newline, from); at >= 0 && at < to; at = data.indexOf(newline, at + 1)) lines++;
  return lines;
}

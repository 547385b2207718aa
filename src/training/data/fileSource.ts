import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '../../dsp/byteSource.ts';

/** Lends an open file as a byte source for as long as `use` runs. Rejects as the system does when it is no file. Reads by position, so a file cut short meanwhile gives fewer bytes, no crash. */
export async function withFile<T>(file: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  // Without O_NONBLOCK a pipe that nobody writes to would hold the call, and with it the process, for ever.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return await use(await sourceOf(handle, file));
  } finally {
    await handle.close();
  }
}

async function sourceOf(handle: FileHandle, file: string): Promise<ByteSource> {
  const stat = await handle.stat();
  if (!stat.isFile()) {
    const code = stat.isDirectory() ? 'EISDIR' : 'ESPIPE';
    throw Object.assign(new Error(`${code}: not a file`), { code, syscall: 'open', path: file });
  }
  const { size } = stat;
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    },
  };
}

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type ByteSource, positionedSource } from '../../dsp/byteSource.ts';

/** Lends an open file as a byte source for as long as `use` runs. Rejects as the system does when it is no file. */
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
  return positionedSource(stat.size, async (...at) => (await handle.read(...at)).bytesRead);
}

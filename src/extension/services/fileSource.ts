import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type ByteSource, positionedSource } from '../../dsp/byteSource.ts';
import { UserError } from '../../shared/problem.ts';

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** Opening a pipe waits for its writer otherwise, and everybody with it. */
const withoutWaiting = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** A local file as a source, until it is closed. Throws UserError for folders, pipes and devices. */
export async function openFileSource(path: string): Promise<FileSource> {
  const file = await open(path, withoutWaiting);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new UserError('It is no file but a folder, a pipe or a device.');
    const { size } = stats;
    const source = positionedSource(size, async (...at) => (await file.read(...at)).bytesRead);
    return { ...source, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

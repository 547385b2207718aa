import { open } from 'node:fs/promises';
import { type ByteSource, positionedSource } from '../../dsp/byteSource.ts';

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** A local file as a source, until it is closed. */
export async function openFileSource(path: string): Promise<FileSource> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const source = positionedSource(size, async (...at) => (await file.read(...at)).bytesRead);
    return { ...source, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

import { open } from 'node:fs/promises';
import type { ByteSource } from '../../../../dsp/byteSource.ts';

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** A local file as a source. Reads by position, so nothing is held and a file that shrinks gives fewer bytes, not a crash. */
export async function openFileSource(path: string): Promise<FileSource> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return {
      size,
      async read(offset, length) {
        const wanted = Math.max(0, Math.min(length, size - offset));
        const bytes = new Uint8Array(wanted);
        let done = 0;
        while (done < wanted) {
          const { bytesRead } = await file.read(bytes, done, wanted - done, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return done < wanted ? bytes.subarray(0, done) : bytes;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Random access to bytes that stay where they are: a file, a remote document, memory. */
export interface ByteSource {
  readonly size: number;
  /** Each read gives bytes that nobody else holds: who asked for them may release them. */
  readonly fresh?: boolean;
  /** The bytes [offset, offset + length), fewer where the source ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Bytes already in memory as a source. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, Math.min(bytes.length, offset + length))),
  };
}

/** Fills `target` from a place of a file and returns how many bytes came; 0 at the end. */
export type ReadAt = (target: Uint8Array, offset: number, length: number, position: number) => Promise<number>;

/** A file as a source, read by position: nothing is held, and a file that shrinks gives fewer bytes, not a crash. */
export function positionedSource(size: number, readAt: ReadAt): ByteSource {
  return {
    size,
    fresh: true,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      let done = 0;
      while (done < bytes.length) {
        const count = await readAt(bytes, done, bytes.length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return bytes.subarray(0, done);
    },
  };
}

/** The same source behind one read-ahead window, for walks that take a few bytes at a time. */
export function windowedSource(source: ByteSource, windowBytes = 16384): ByteSource {
  let windowOffset = 0;
  let window = new Uint8Array(0);
  return {
    size: source.size,
    async read(offset, length) {
      if (length > windowBytes) return source.read(offset, length);
      const inside = offset >= windowOffset && offset + length <= windowOffset + window.length;
      const wanted = Math.max(0, Math.min(length, source.size - offset));
      if (!inside && wanted > 0) {
        window = (await source.read(offset, Math.min(windowBytes, source.size - offset))) as Uint8Array<ArrayBuffer>;
        windowOffset = offset;
      }
      return wanted > 0 ? window.subarray(offset - windowOffset, offset - windowOffset + wanted) : new Uint8Array(0);
    },
  };
}

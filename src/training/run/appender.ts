import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';

/** Appends lines to a file. What the disk refuses is kept and goes before the next, so nothing is lost or out of order. */
export interface Appender {
  /** Bytes of a torn last line that were cut when the file was opened. */
  readonly cutBytes: number;
  /** With the kernel when it returns, so it outlives the process. Throws the system's refusal; the text is kept. */
  append(text: string): void;
  /** Writes what was refused. */
  flush(): void;
  /** Size of the file, which ends a line; undefined while text waits that was refused. */
  readonly bytes: number | undefined;
  /** Until then a machine that loses power may lose lines. */
  sync(): Promise<void>;
  close(): void;
}

export function openAppender(file: string): Appender {
  const descriptor = openSync(file, 'a+');
  const cutBytes = cutTornLine(descriptor);
  const kept: Buffer[] = [];
  const flush = () => {
    for (let bytes = kept[0]; bytes; bytes = kept[0]) {
      // A disk that fills up takes part of a line; the rest follows when there is space again.
      const rest = bytes.subarray(writeSync(descriptor, bytes));
      if (rest.length > 0) kept[0] = rest;
      else kept.shift();
    }
  };
  return {
    cutBytes,
    append(text) {
      kept.push(Buffer.from(text));
      flush();
    },
    flush,
    get bytes() {
      return kept.length > 0 ? undefined : fstatSync(descriptor).size;
    },
    sync: () => promisify(fdatasync)(descriptor),
    close: () => closeSync(descriptor),
  };
}

/** A machine that lost power may leave half a line; the next one must not be glued to it. Returns the bytes cut. */
export function cutTornLine(descriptor: number): number {
  const { size } = fstatSync(descriptor);
  const block = Buffer.alloc(65536);
  let end = size;
  while (end > 0) {
    const length = Math.min(block.length, end);
    readSync(descriptor, block, 0, length, end - length);
    const newline = block.lastIndexOf(10, length - 1);
    if (newline >= 0) {
      end = end - length + newline + 1;
      break;
    }
    end -= length;
  }
  if (end < size) ftruncateSync(descriptor, end);
  return size - end;
}

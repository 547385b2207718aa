import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/** A file that only grows at its end. */
export interface AppendedFile {
  readonly bytes: number;
  append(content: Uint8Array): void;
  cut(bytes: number): void;
  close(): void;
}

/** A failed write leaves the file as it was. */
export function openAppended(file: string): AppendedFile {
  const descriptor = openSync(file, 'a');
  let bytes = fstatSync(descriptor).size;
  return {
    get bytes() {
      return bytes;
    },
    append(content) {
      try {
        for (let written = 0; written < content.length; ) written += writeSync(descriptor, content, written);
      } catch (error) {
        ftruncateSync(descriptor, bytes);
        throw error;
      }
      bytes += content.length;
    },
    cut(to) {
      ftruncateSync(descriptor, to);
      bytes = to;
    },
    close: () => closeSync(descriptor),
  };
}

/** The content of a file; empty where there is none. */
export function readIfThere(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0);
    throw error;
  }
}

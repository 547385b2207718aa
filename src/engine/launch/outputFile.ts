import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** A file that a process writes and another reads: unlike a pipe, it does not end the writer when the reader goes. */
export interface OutputFile {
  /** For the writer's standard output and error. */
  readonly descriptor: number;
  /** What has been appended since the last call. */
  read(): string;
  close(): void;
}

export function openOutputFile(folder = tmpdir()): OutputFile {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `asr-engine-${randomBytes(8).toString('hex')}.log`);
  const descriptor = openSync(file, 'ax', 0o600);
  const tail = tailFile(file);
  // Both ends are open, so the name is no longer needed and nothing is left behind; Windows keeps it until the end.
  if (process.platform !== 'win32') rmSync(file);
  return {
    descriptor,
    read: tail.read,
    close() {
      tail.close();
      closeSync(descriptor);
      rmSync(file, { force: true });
    },
  };
}

/** Reads a growing file piece by piece, never splitting a character. */
export function tailFile(file: string): { read(): string; close(): void } {
  const descriptor = openSync(file, 'r');
  const decoder = new StringDecoder('utf8');
  const block = Buffer.alloc(65536);
  let offset = 0;
  return {
    read() {
      let text = '';
      for (;;) {
        const length = readSync(descriptor, block, 0, block.length, offset);
        if (length === 0) return text;
        offset += length;
        text += decoder.write(block.subarray(0, length));
      }
    },
    close: () => closeSync(descriptor),
  };
}

import { open, rename, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { UserError } from '../../shared/problem.ts';

/**
 * Writes a file piece by piece: beside its place first, then under its name in one step, so that nobody sees half of it
 * and what was there stays until all is written. Nothing is left when a piece fails. What the disk refuses is a UserError.
 */
export async function writePieces(
  file: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const own = path.join(path.dirname(file), `.${path.basename(file).slice(0, 100)}.${process.pid}-${nextFile++}.part`);
  try {
    const part = await open(own, 'wx');
    try {
      for await (const piece of pieces) await part.writeFile(piece);
      await part.sync();
    } finally {
      await part.close();
    }
    await rename(own, file);
  } catch (error) {
    await rm(own, { force: true }).catch(() => {});
    const { syscall, message } = error as NodeJS.ErrnoException;
    throw syscall === undefined ? error : new UserError(`Cannot write ${file}: ${message}`);
  }
}

let nextFile = 1;

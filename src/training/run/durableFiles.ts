import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type FileContent = string | readonly Uint8Array[];

/** Replaces a file so that a crash at any moment leaves the old content or the new, never a part of either. */
export async function replaceFile(file: string, content: FileContent): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeSynced(temporary, content);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(file));
}

/**
 * Replaces a directory of files. The new one is complete and on disk under `<directory>.new` before the old one is
 * moved aside to `<directory>.old`, so at every moment one of the three names holds a whole set. With `keptAs` the old
 * one is moved there instead and stays.
 */
export async function replaceDirectory(
  directory: string,
  files: Record<string, FileContent>,
  keptAs?: string,
): Promise<void> {
  const fresh = `${directory}.new`;
  const old = `${directory}.old`;
  await rm(fresh, { recursive: true, force: true });
  try {
    await mkdir(fresh, { recursive: true });
    for (const [name, content] of Object.entries(files)) await writeSynced(join(fresh, name), content);
    await syncDirectory(fresh);
  } catch (error) {
    // On a full disk a part of it would take the last space from the run's events.
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  if (await exists(directory)) {
    const aside = keptAs ?? old;
    await rm(aside, { recursive: true, force: true });
    await rename(directory, aside);
  }
  await rename(fresh, directory);
  await syncDirectory(dirname(directory));
  await rm(old, { recursive: true, force: true });
}

/** SHA-256 of a file's content, in hexadecimal. */
export function hashContent(content: FileContent): string {
  const hash = createHash('sha256');
  for (const piece of typeof content === 'string' ? [content] : content) hash.update(piece);
  return hash.digest('hex');
}

async function writeSynced(file: string, content: FileContent): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const piece of typeof content === 'string' ? [Buffer.from(content)] : content) await writeAll(handle, piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A disk that fills up takes part of a write without an error; the next write tells. */
async function writeAll(handle: Awaited<ReturnType<typeof open>>, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open directories; its renames are journalled.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(directory: string): Promise<boolean> {
  try {
    await readdir(directory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

import { randomUUID } from 'node:crypto';
import { chmod, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces a file so that a crash at any moment leaves the old content or the new. Links stay links and rights stay;
 * where the folder takes no new file, the file is written in place.
 */
export async function replaceFile(file: string, content: Uint8Array): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const before = await stat(target).catch(() => undefined);
  // Renaming would get around rights that somebody has set on the file itself.
  if (before) await (await open(target, 'r+')).close();
  const fresh = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    await writeSynced(fresh, content);
  } catch (error) {
    await rm(fresh, { force: true });
    const refused = ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (!refused || !before) throw error;
    return writeSynced(target, content);
  }
  try {
    if (before) await chmod(fresh, before.mode);
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

async function writeSynced(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

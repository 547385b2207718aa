import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../shared/problem.ts';
import { fileReason } from '../../training/fileError.ts';

const isRecording = (name: string) => /\.(wav|wave|flac)$/i.test(name);

/**
 * The recordings among files and below folders, in the order given and by name within a folder: every file that is
 * named itself, and .wav and .flac files in folders. Links to folders are followed; a folder reached twice, as in a circle
 * of links, is entered once. Names that begin with a dot are passed over; folders that cannot be read are problems.
 */
export async function findRecordings(operands: readonly string[]): Promise<{ files: string[]; problems: Problem[] }> {
  const found: { files: string[]; problems: Problem[] } = { files: [], problems: [] };
  const entered = new Set<string>();
  for (const operand of operands) {
    if (await isFolder(operand)) await enter(operand, entered, found);
    else found.files.push(operand);
  }
  return found;
}

/** Whatever cannot be asked is taken for a file, whose reading then says why not. */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function enter(
  folder: string,
  entered: Set<string>,
  found: { files: string[]; problems: Problem[] },
): Promise<void> {
  try {
    const real = await realpath(folder);
    if (entered.has(real)) return;
    entered.add(real);
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
    for (const name of names) {
      const path = join(folder, name);
      if (await isFolder(path)) await enter(path, entered, found);
      else if (isRecording(name)) found.files.push(path);
    }
  } catch (error) {
    const reason = fileReason(error);
    if (reason === undefined) throw error;
    const message = `the folder cannot be read: ${reason}`;
    found.problems.push({ code: 'folder-unreadable', severity: 'error', message, file: folder });
  }
}

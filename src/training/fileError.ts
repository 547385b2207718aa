import { existsSync, mkdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { UserError } from '../shared/problem.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  ESPIPE: 'it is a pipe or a device, not a file',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'the links go in a circle',
  EMFILE: 'too many open files',
  EIO: 'the disk reports an error',
};

/** The system's name of an error; libuv has none for a used-up quota. */
export function systemCode(error: unknown): string | undefined {
  const { code, errno } = error as NodeJS.ErrnoException;
  return errno === -constants.errno.EDQUOT ? 'EDQUOT' : code;
}

/** Why the system refused a file, in words; undefined for what is no such refusal, and so a bug. */
export function fileReason(error: unknown): string | undefined {
  const code = systemCode(error);
  return code === undefined ? undefined : reasons[code];
}

/** The system's refusal to read a file the user named, as a UserError; anything else is a bug and comes back as it is. */
export function fileError(error: unknown, file: string, what: string): unknown {
  const reason = fileReason(error);
  return reason === undefined ? error : new UserError(`${what} ${file}: ${reason}`);
}

/** Whether the machine refused, whatever was asked of it: permission, full disk, failing disk. Never the mark of a bug. */
export function refusalOfSystem(error: unknown): UserError | undefined {
  const { path } = error as NodeJS.ErrnoException;
  const code = systemCode(error) ?? '';
  const environmental = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EMFILE', 'EIO'].includes(code);
  if (!environmental) return undefined;
  return new UserError(path === undefined ? reasons[code]! : `${path}: ${reasons[code]}`);
}

/** As fileError, for a file or folder that should have been written. */
export function writeError(error: unknown, file: string, what: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') {
    const folder = dirname(file);
    const why = existsSync(folder) ? 'nothing can be made there' : `there is no folder ${folder}`;
    return new UserError(`${what} ${file}: ${why}`);
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') return new UserError(`${what} ${file}: part of the path is a file`);
  // What renaming a file over a folder gives differs between systems.
  if (code === 'EBUSY' || code === 'ENOTEMPTY') return new UserError(`${what} ${file}: it is a folder`);
  return fileError(error, file, what);
}

/** Finds out before the work that a file cannot be written there. Throws UserError. */
export function checkOutput(file: string, what: string): void {
  const folder = dirname(file);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new UserError(`${what} ${file}: it is a folder`);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${what} ${file}: there is no folder ${folder}`);
}

/** Makes a folder and those above it. Throws UserError where that is impossible. */
export function makeFolder(folder: string, what: string): void {
  // Not by mkdir's own recursion: where nothing can be made (/proc) it never ends.
  const missing: string[] = [];
  let above = folder;
  try {
    while (!statSync(above, { throwIfNoEntry: false })) {
      missing.push(above);
      if (dirname(above) === above) break;
      above = dirname(above);
    }
    if (missing.length === 0 && !statSync(folder).isDirectory())
      throw new UserError(`${what} ${folder}: it is a file; give another place`);
    for (const one of missing.reverse()) makeOne(one);
  } catch (error) {
    throw writeError(error, folder, what);
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

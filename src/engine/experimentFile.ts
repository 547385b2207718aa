import { readFile } from 'node:fs/promises';
import { type ParsedExperiment, parseExperiment } from '../shared/config/parseExperiment.ts';
import { UserError } from '../shared/problem.ts';

/** A config file with `--set` changes on top, parsed; a file that cannot be read is a UserError, everything else a problem. */
export async function readExperimentFile(file: string, sets: readonly string[] = []): Promise<ParsedExperiment> {
  const text = await readUserFile(file, 'config');
  return parseExperiment(text, file, sets);
}

/** Text of a file the user named. */
export async function readUserFile(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(error, file, what);
  }
}

/** The system's refusal to read or write a file the user named, in words; anything else is a bug and comes back as it is. */
export function fileError(error: unknown, file: string, what: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such file',
    EISDIR: 'it is a folder',
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
  const reason = code === undefined ? undefined : reasons[code];
  return reason === undefined ? error : new UserError(`${what} ${file}: ${reason}`);
}

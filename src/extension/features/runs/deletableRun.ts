import { lstat, readFile, realpath } from 'node:fs/promises';
import * as path from 'node:path';
import { UserError } from '../../../shared/problem.ts';
import { parseRunRecord, runFiles } from '../../../shared/run/layout.ts';
import { isHeld } from '../../services/runLock.ts';

/**
 * Where a run really lies, if it may be deleted: a directory itself (no link to one) directly inside a folder named
 * `runs`, with the record that marks it, and no process that works on it. Otherwise throws a UserError that says why.
 */
export async function checkDeletable(directory: string): Promise<string> {
  const refuse = (why: string) => new UserError(`${directory} is not deleted: ${why}.`);
  const status = await lstat(directory).catch(() => undefined);
  if (!status) throw refuse('it is not there any more');
  if (!status.isDirectory()) throw refuse('it is a link or a file');
  const real = await realpath(directory);
  if (path.basename(path.dirname(real)) !== 'runs') throw refuse('it does not lie in a folder named "runs"');
  const text = await readFile(path.join(real, runFiles.record), 'utf8').catch(() => undefined);
  if (text === undefined || !parseRunRecord(text))
    throw refuse(`it holds no ${runFiles.record} and so is not known to be a run`);
  if (await isHeld(real)) throw refuse('training goes on in it; stop it first');
  return real;
}

import { type FileHandle, open, realpath } from 'node:fs/promises';
import * as path from 'node:path';
import { UserError } from '../../../shared/problem.ts';
import { isProfileSummary } from '../../../shared/protocol/profilerProfile.ts';
import { profileFiles, runFiles } from '../../../shared/run/layout.ts';
import type { ProfileSummary } from '../../../shared/run/profileSummary.ts';

/** A summary has at most 500 nodes and one step's timeline: the engine writes nothing near it. */
const largestSummaryBytes = 32 << 20;

/**
 * The summary of one profile of a run; null when there is none or it is not of this form. `profile` is relative to the
 * run directory. Throws a `UserError` for a path outside the run's profiles.
 */
export async function readProfile(directory: string, profile: string): Promise<ProfileSummary | null> {
  const file = await findProfileFile(directory, profile, profileFiles.summary);
  if (file === undefined) return null;
  const handle = await open(file);
  try {
    const value: unknown = JSON.parse(await readText(handle, file));
    return isProfileSummary(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  } finally {
    await handle.close();
  }
}

async function readText(handle: FileHandle, file: string): Promise<string> {
  const stat = await handle.stat();
  if (!stat.isFile() || stat.size > largestSummaryBytes) throw new UserError(`${file} is no profile: it is too large.`);
  return handle.readFile('utf8');
}

/**
 * Where a file of a profile really lies, or the profile's directory without a name; undefined when there is none.
 * Links are followed before the path is judged, so that nothing outside the run's profiles is ever opened.
 */
export async function findProfileFile(directory: string, profile: string, name = ''): Promise<string | undefined> {
  const wanted = path.join(directory, profile, name);
  try {
    const [real, realDirectory] = [await realpath(wanted), await realpath(directory)];
    const within = path.relative(path.join(realDirectory, runFiles.profiles), real);
    const inside = within !== '' && !within.startsWith('..') && !path.isAbsolute(within);
    if (inside) return real;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code !== 'ERR_INVALID_ARG_VALUE') throw error;
  }
  throw new UserError(`${wanted} is not inside the profiles of the run.`);
}

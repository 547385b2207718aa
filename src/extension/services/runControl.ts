import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { type ControlRequest, parseControl, renderControl } from '../../shared/run/control.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { isHeld } from './runLock.ts';

/** The engine looks five times a second. */
const patienceMs = 2000;
const pollMs = 50;

/**
 * Puts a request into `control.json`. One that the engine has not taken yet is waited for, whichever window it is from;
 * throws a UserError when the engine takes none, or is not there.
 */
export async function requestOf(directory: string, kind: ControlRequest, waitMs = patienceMs): Promise<void> {
  if (!(await isHeld(directory))) throw new UserError(`${path.basename(directory)}: no process works on this run.`);
  const file = path.join(directory, runFiles.control);
  const own = `${file}.${process.pid}.${nextNumber++}`;
  await writeFile(own, renderControl(kind));
  try {
    const deadline = performance.now() + waitMs;
    while (!(await tryLink(own, file))) {
      if (performance.now() > deadline) return await takeOver(own, file, directory);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  } finally {
    await rm(own, { force: true });
  }
}

let nextNumber = 0;

/** A name appears with its whole content, and of two writers exactly one succeeds. */
async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** What asks for nothing may be replaced; the engine would leave it for ever. */
async function takeOver(own: string, file: string, directory: string): Promise<void> {
  const pending = await readFile(file, 'utf8').then(parseControl, () => undefined);
  if (pending)
    throw new UserError(
      `${path.basename(directory)}: the engine has not yet taken the request before this one ("${pending}"). Try again in a moment.`,
    );
  await rename(own, file);
}

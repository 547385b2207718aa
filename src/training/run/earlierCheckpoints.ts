import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckpointRecord } from './checkpoints.ts';

const prefix = 'step-';

/**
 * Where what `last` holds is kept when a checkpoint of this step takes its place. Undefined when it is not kept: there is
 * none, it is damaged, or it is not of an earlier step, because the run went back or saved twice.
 */
export async function placeForEarlier(checkpoints: string, step: number): Promise<string | undefined> {
  const record = await readCheckpointRecord(join(checkpoints, 'last')).catch(() => undefined);
  return record && record.step < step ? join(checkpoints, `${prefix}${record.step}`) : undefined;
}

/** Removes all earlier checkpoints but the newest `keep`, and those that a run which went back has left ahead of `step`. */
export async function removeEarlier(checkpoints: string, step: number, keep: number): Promise<void> {
  const names = (await readdir(checkpoints)).filter((name) => /^step-\d+$/.test(name));
  const steps = names.map((name) => Number(name.slice(prefix.length))).sort((a, b) => b - a);
  const kept = steps.filter((each) => each < step).slice(0, keep);
  for (const each of steps)
    if (!kept.includes(each)) await rm(join(checkpoints, `${prefix}${each}`), { recursive: true, force: true });
}

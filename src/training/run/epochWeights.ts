import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParameterLayout } from '../../nn/parameterLayout.ts';
import { runFiles } from '../../shared/run/layout.ts';
import type { ModelVectors } from '../executor.ts';
import { readModelTensors } from '../snapshotTensors.ts';
import { readCheckpoint } from './checkpoints.ts';

const prefix = 'epoch-';

/** Where the weights after an epoch (from 0) are kept: `epoch-12` after 12 epochs. */
export const epochDirectory = (epoch: number): string => `${prefix}${epoch + 1}`;

/** Throws when they are gone, damaged, or of another model. */
export async function readEpochWeights(
  runDirectory: string,
  layout: ParameterLayout,
  epoch: number,
): Promise<ModelVectors> {
  const { tensors } = await readCheckpoint(join(runDirectory, runFiles.checkpoints, epochDirectory(epoch)));
  return readModelTensors(layout, tensors.model);
}

/** Removes the kept weights of all epochs but these, and what a crash left of writing them. */
export async function removeOtherEpochs(checkpoints: string, keep: readonly number[]): Promise<void> {
  const wanted = new Set(keep.map(epochDirectory));
  for (const name of await readdir(checkpoints))
    if (name.startsWith(prefix) && !wanted.has(name))
      await rm(join(checkpoints, name), { recursive: true, force: true });
}

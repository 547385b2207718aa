import { open } from 'node:fs/promises';
import * as path from 'node:path';
import { positionedSource } from '../../dsp/byteSource.ts';
import type { StepBatch } from '../../shared/run/batchLines.ts';
import { findStepBatch } from '../../shared/run/findStepBatch.ts';
import { runFiles } from '../../shared/run/layout.ts';

/** Which utterances a step of a run took; undefined when its run directory does not say, as those of older versions. */
export async function readStepBatch(directory: string, step: number): Promise<StepBatch | undefined> {
  const file = await open(path.join(directory, runFiles.batches)).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    return await findStepBatch(
      positionedSource(size, async (...at) => (await file.read(...at)).bytesRead),
      step,
    );
  } finally {
    await file.close();
  }
}

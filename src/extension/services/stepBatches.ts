import { createReadStream } from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { parseStepBatch, type StepBatch } from '../../shared/run/batchLines.ts';
import { runFiles } from '../../shared/run/layout.ts';

/** What a step took, by the last line that speaks of it; undefined when none does. */
export async function readStepBatch(directory: string, step: number): Promise<StepBatch | undefined> {
  const stream = createReadStream(path.join(directory, runFiles.batches));
  let found: StepBatch | undefined;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      // Parsing every line would take the longer part of the time.
      if (line.startsWith(`{"step":${step},`)) found = parseStepBatch(line) ?? found;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  } finally {
    stream.destroy();
  }
  return found;
}

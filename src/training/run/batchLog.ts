import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { renderStepBatch, type StepBatch } from '../../shared/run/batchLines.ts';
import { cutTornLine } from './appender.ts';

/** Appends to `batches.jsonl` every second; what a crash takes with it lies after the last checkpoint. */
export interface BatchLog {
  write(batch: StepBatch): void;
  /** Before a checkpoint, which later steps count on. */
  flush(): void;
  close(): void;
}

const flushMs = 1000;
/** Lines are held back while they cannot be written, up to so many characters. */
const heldCharacters = 1 << 22;

/** `failed` hears once that lines cannot be written; training goes on, and the next flush tries again. */
export function openBatchLog(file: string, failed: (message: string) => void): BatchLog {
  const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o666);
  cutTornLine(descriptor);
  const start = fstatSync(descriptor).size;
  let end = start;
  let held = '';
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const bytes = Buffer.from(held);
    try {
      // At a place of its own, so that a write that failed halfway is written over.
      for (let done = 0; done < bytes.length; )
        done += writeSync(descriptor, bytes, done, bytes.length - done, end + done);
      end += bytes.length;
      held = '';
    } catch (error) {
      if (!told) failed(`which utterances each step took cannot be written: ${(error as Error).message}`);
      told = true;
      if (held.length > heldCharacters) held = '';
    }
  };
  return {
    write(batch) {
      held += renderStepBatch(batch, start);
      timer ??= setTimeout(flush, flushMs).unref();
    },
    flush,
    close() {
      flush();
      closeSync(descriptor);
    },
  };
}

import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseDigest, type RunDigest } from '../../shared/run/digest.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { createRunModel, type RunModel, reduceAll } from '../../shared/run/runModel.ts';
import { readBlocks } from './eventLog.ts';

/** What a run's events add up to, read from its digest and the events after it where there is a usable one. */
export const readRunModel = (directory: string): RunModel => readRunEvents(directory).model;

/** The same, with the number of lines read that are no events. */
export function readRunEvents(directory: string): { model: RunModel; unreadable: number } {
  const events = join(directory, runFiles.events);
  const digest = readDigest(directory, events);
  let model = digest?.model ?? createRunModel();
  let unreadable = 0;
  readBlocks(events, digest?.offset ?? 0, (block, others) => {
    model = reduceAll(model, block);
    unreadable += others;
  });
  return { model, unreadable };
}

function readDigest(directory: string, events: string): RunDigest | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(events, 'r');
    const digest = parseDigest(readFileSync(join(directory, runFiles.digest), 'utf8'), fstatSync(descriptor).size);
    if (!digest || digest.offset === 0) return undefined;
    const last = Buffer.alloc(1);
    readSync(descriptor, last, 0, 1, digest.offset - 1);
    return last[0] === 10 ? digest : undefined;
  } catch {
    // All events are still there.
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

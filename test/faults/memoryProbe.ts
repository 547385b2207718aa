import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

// Loaded before a program: every second it collects garbage, so that what is left is in use, and notes its memory in
// a file of its process.

/** A line of the file. */
export interface MemorySample {
  timeSec: number;
  /** JavaScript's objects, after a collection. What they hold outside the heap comes and goes with each batch. */
  heapBytes: number;
  rssBytes: number;
  descriptors: number;
}

const directory = process.env.ASR_MEMORY_PROBE;
if (directory !== undefined && isMainThread) {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const note = () => {
    collectGarbage();
    const { heapUsed, rss } = process.memoryUsage();
    const sample: MemorySample = {
      timeSec: performance.now() / 1000,
      heapBytes: heapUsed,
      rssBytes: rss,
      descriptors: readdirSync('/proc/self/fd').length,
    };
    appendFileSync(join(directory, `${process.pid}.jsonl`), `${JSON.stringify(sample)}\n`);
  };
  setInterval(note, 1000).unref();
}

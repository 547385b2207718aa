import { readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { createAudioMutants } from './audioMutants.ts';
import { exerciseAudio } from './exerciseAudio.ts';

// node audioMutationRun.ts FIRST END STEP: exercises mutants and prints one line of JSON, or fails on the first that misbehaves.

export interface MutationRun {
  originals: number;
  data: number;
  error: number;
  /** Of the processor's time, which a busy machine does not stretch. */
  slowestMs: number;
  /** Most memory that one mutant took: of the heap and of array buffers, before anything of it was collected. */
  largestBytes: number;
  /** By how much the process grew above what it held before the first one. */
  grownBytes: number;
}

const [first, end, step] = process.argv.slice(2).map(Number) as [number, number, number];
const mutants = createAudioMutants();
const run: MutationRun = {
  originals: mutants.originals.length,
  ...{ data: 0, error: 0, slowestMs: 0, largestBytes: 0, grownBytes: 0 },
};
const before = peakBytes();
for (let seed = first; seed < end; seed += step) {
  const { name, bytes } = mutants.mutant(seed);
  const held = heldBytes();
  const spent = process.cpuUsage();
  try {
    run[await exerciseAudio(bytes)]++;
  } catch (error) {
    throw new Error(`seed ${seed} (${name}): ${String(error)}`, { cause: error });
  }
  const { user, system } = process.cpuUsage(spent);
  run.slowestMs = Math.max(run.slowestMs, (user + system) / 1000);
  run.largestBytes = Math.max(run.largestBytes, heldBytes() - held);
}
run.grownBytes = peakBytes() - before;
process.stdout.write(`${JSON.stringify(run)}\n`);

function heldBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

function peakBytes(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;
}

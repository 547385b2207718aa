import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrtExecutor } from '../src/engine/ortExecutor.ts';
import { createStepProfiler } from '../src/engine/profile/stepProfiler.ts';
import { trainingSetup } from '../src/engine/trainingSetup.ts';
import { experimentSchema } from '../src/shared/config/schema.ts';
import { createRandom } from '../src/shared/random.ts';
import type { Executor, TrainingBatch } from '../src/training/executor.ts';

// What profiling costs: steps of the default CRNN before, during and after a profile, memory of the graph's process,
// and what a step that nobody profiles pays for the possibility. `node bench/profile.ts [steps]`
const steps = Number(process.argv[2] ?? 10);
const [rows, frames, bins, threads] = [8, 248, 80, 2];
const experiment = experimentSchema.parse({ data: { train: ['none'] }, features: { mels: bins } });
const spec = { config: experiment.model, bins, vocabularySize: 30 };
const random = createRandom('bench', 'profile');
const batch: TrainingBatch = {
  features: Float32Array.from({ length: rows * frames * bins }, () => random.normal()),
  batch: rows,
  frames,
  bins,
  frameCounts: new Int32Array(rows).fill(frames),
  tokens: Array.from({ length: rows }, () => Int32Array.from({ length: 20 }, () => 1 + random.below(29))),
  ids: Array.from({ length: rows }, (_, row) => `${row}`),
  shape: { rows, frames, maxTokens: 20 },
};
const runDirectory = mkdtempSync(join(tmpdir(), 'asr-bench-profile-'));
const opened = await createOrtExecutor(trainingSetup(experiment, spec, threads));
const child = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')[0];
let asked = false;
const parts = {
  ...{ runDirectory, device: 'cpu', range: undefined, pool: { observe: () => undefined }, emit: () => undefined },
  executor: opened,
  isAsked: () => asked,
  report: ({ message }: { message: string }) => console.log(message),
};
const profiler = createStepProfiler(parts);
const executor = profiler.watch(opened);
let step = 0;

async function stepMs(): Promise<number> {
  const startMs = performance.now();
  await profiler.stepBegins(++step);
  asked = false;
  await executor.step([batch], { learningRate: 1e-4, seed: 1, step });
  await profiler.stepsEnded(step);
  return performance.now() - startMs;
}

/** Median time of so many steps, and the resident memory after them. */
async function measure(title: string, count: number): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await stepMs());
  const median = times.sort((a, b) => a - b)[count >> 1]!;
  const rssMiB = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))![1]) / 1024;
  console.log(`${title.padEnd(28)}${median.toFixed(0).padStart(7)} ms a step${rssMiB.toFixed(0).padStart(8)} MiB`);
}

await measure('the first', 2);
await measure('before', steps);
asked = true;
await measure('profiled', 5);
await profiler.finish();
await measure('after', steps);
for (const name of readdirSync(join(runDirectory, 'profiles/step-13'), { recursive: true, encoding: 'utf8' }))
  console.log(`  ${name}: ${(statSync(join(runDirectory, 'profiles/step-13', name)).size / 1e6).toFixed(2)} MB`);
await opened.dispose();
rmSync(runDirectory, { recursive: true });

/** Time of a step that does nothing, through a profiler that nobody asks. */
async function emptyStepUs(through: (executor: Executor) => Executor): Promise<number> {
  const result = Promise.resolve({ loss: 0, utteranceLosses: new Float32Array(0), gradientNorm: 0, updated: true });
  const empty = through({ ...opened, step: () => result });
  const count = 200_000;
  const startMs = performance.now();
  for (let i = 1; i <= count; i++) {
    if (through !== plain) await profiler.stepBegins(i);
    await empty.step([batch], { learningRate: 0, seed: 1, step: i });
    if (through !== plain) await profiler.stepsEnded(i);
  }
  return (1000 * (performance.now() - startMs)) / count;
}
const plain = (executor: Executor) => executor;
const pair = [
  await emptyStepUs(plain),
  await emptyStepUs(profiler.watch),
  await emptyStepUs(plain),
  await emptyStepUs(profiler.watch),
];
console.log(`unasked: ${Math.max(pair[1]! - pair[0]!, pair[3]! - pair[2]!).toFixed(2)} µs a step`);

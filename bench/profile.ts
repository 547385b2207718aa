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

const ticksMs = 10;

/** Processor time of the graph's process so far, which a busy machine does not distort. */
function processorMs(): number {
  const fields = readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * ticksMs;
}

/** Median time of so many steps, processor time, and the resident memory after them. */
async function measure(title: string, count: number): Promise<void> {
  const times: number[] = [];
  const before = processorMs();
  for (let i = 0; i < count; i++) times.push(await stepMs());
  const median = times.sort((a, b) => a - b)[count >> 1]!;
  const processor = (processorMs() - before) / count;
  const rssMiB = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))![1]) / 1024;
  const numbers = [`${median.toFixed(0)} ms`, `${processor.toFixed(0)} ms of processor`, `${rssMiB.toFixed(0)} MiB`];
  console.log(title.padEnd(16) + numbers.map((text) => text.padStart(24)).join(''));
}

await measure('the first', 2);
await measure('before', steps);
for (const time of ['first', 'second', 'third']) {
  asked = true;
  await measure(`${time} profile`, 5);
  await profiler.finish();
  await measure('after it', steps);
}
const directory = join(runDirectory, 'profiles', readdirSync(join(runDirectory, 'profiles'))[0]!);
for (const name of readdirSync(directory))
  console.log(`  ${name}: ${(statSync(join(directory, name)).size / 1e6).toFixed(2)} MB`);
await opened.dispose();
rmSync(runDirectory, { recursive: true });

/** Time of a step that does nothing, through a profiler that nobody asks. */
async function emptyStepUs(through: (executor: Executor) => Executor): Promise<number> {
  const result = Promise.resolve({ loss: 0, utteranceLosses: new Float32Array(0), gradientNorm: 0, updated: true });
  const empty = through({ ...opened, step: () => result });
  const count = 200_000;
  const before = process.cpuUsage();
  for (let i = 1; i <= count; i++) {
    if (through !== plain) await profiler.stepBegins(i);
    await empty.step([batch], { learningRate: 0, seed: 1, step: i });
    if (through !== plain) await profiler.stepsEnded(i);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
const plain = (executor: Executor) => executor;
const pair = [
  await emptyStepUs(plain),
  await emptyStepUs(profiler.watch),
  await emptyStepUs(plain),
  await emptyStepUs(profiler.watch),
];
console.log(`unasked: ${Math.max(pair[1]! - pair[0]!, pair[3]! - pair[2]!).toFixed(2)} µs a step`);

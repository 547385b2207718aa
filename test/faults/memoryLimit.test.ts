import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { createOrtExecutor } from '../../src/engine/ortExecutor.ts';
import { explainMemory } from '../../src/engine/train/memoryPlan.ts';
import { trainingSetup } from '../../src/engine/trainingSetup.ts';
import { experimentSchema } from '../../src/shared/config/schema.ts';
import { UserError } from '../../src/shared/problem.ts';
import { createRandom } from '../../src/shared/random.ts';
import type { BatchShape, Executor, TrainingBatch } from '../../src/training/executor.ts';
import { faultSeed, times } from './faultTimes.ts';

const experiment = experimentSchema.parse({ data: { train: ['none'] } });
const spec = { config: experiment.model, bins: 80, vocabularySize: 29 };
const shapeOf = (rows: number): BatchShape => ({ rows, frames: 400, maxTokens: 40 });
const data = {
  spec,
  batchSeconds: 40,
  shapesFor: (seconds: number) => [shapeOf(Math.max(1, Math.floor(seconds / 4)))],
};

function batchOf(rows: number): TrainingBatch {
  const shape = shapeOf(rows);
  return {
    features: new Float32Array(rows * shape.frames * 80).fill(0.5),
    batch: rows,
    frames: shape.frames,
    bins: 80,
    frameCounts: Int32Array.from({ length: rows }, (_, row) => (row === 1 ? 400 : 380)),
    tokens: Array.from({ length: rows }, () => Int32Array.of(1, 2, 3)),
    ids: Array.from({ length: rows }, (_, row) => `clip${row}.wav`),
    shape,
  };
}

let executor: Executor | undefined;
afterEach(() => executor?.dispose());

/** The only child of this process that runs graphs. */
const graphProcess = (): number =>
  Number(
    execFileSync('pgrep', ['-P', String(process.pid), '-f', 'ortProcess'], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .at(-1),
  );

async function failureOf(limit: (pid: number) => void): Promise<unknown> {
  const opened = await createOrtExecutor(trainingSetup(experiment, spec, 1));
  executor = explainMemory(opened, experiment, data);
  await executor.step([batchOf(1)], { learningRate: 1e-3, seed: 1, step: 0 });
  limit(graphProcess());
  return executor.step([batchOf(10)], { learningRate: 1e-3, seed: 1, step: 1 }).then(
    () => 'it fits',
    (error: unknown) => error,
  );
}

const words =
  /^memory ran out in a batch of 10 utterances × 400 frames \(the longest is clip1\.wav, 4\.0 s\), which needs (\d+) MiB by forecast; set training\.batchSeconds to (\d+) \((\d+) MiB by forecast\), or close other programs$/;

function expectExplained(error: unknown): void {
  expect(error).toBeInstanceOf(UserError);
  const [, needed, seconds, fits] = words.exec((error as UserError).message) ?? [(error as UserError).message];
  expect(Number(seconds), String(error)).toBeLessThan(40);
  expect(Number(fits)).toBeLessThan(0.8 * Number(needed));
}

const trials = times(1, 5);

test.skipIf(process.platform !== 'linux')(
  `row 5: a failed allocation names the bucket and the batches that fit (${trials} times)`,
  async () => {
    for (let trial = 0; trial < trials; trial++) {
      expectExplained(
        await failureOf((pid) => {
          const inUse = 1024 * Number(/^VmData:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
          execFileSync('prlimit', ['--pid', String(pid), `--data=${inUse + 100 * 2 ** 20}`]);
        }),
      );
      await executor?.dispose();
    }
  },
  120_000 * trials,
);

test.skipIf(process.platform === 'win32')(
  `row 5: so does a graph process that the system kills (${trials} times)`,
  async () => {
    for (let trial = 0; trial < trials; trial++) {
      const delayMs = 100 + createRandom(faultSeed, 'kill for memory', trial).below(300);
      expectExplained(await failureOf((pid) => setTimeout(() => process.kill(pid, 'SIGKILL'), delayMs)));
      await executor?.dispose();
    }
  },
  120_000 * trials,
);

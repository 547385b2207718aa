import { readFileSync } from 'node:fs';
import type { TrainingSetup } from '../src/engine/ort/protocol.ts';
import { createTrainingHost } from '../src/engine/ort/trainingHost.ts';
import { createRandom } from '../src/shared/random.ts';
import type { BatchShape, TrainingBatch } from '../src/training/executor.ts';

/** One side of bench/memory.ts: trains a step or more on each shape in turn and tells the highest memory this process had. */
export interface MemoryRequest {
  setup: TrainingSetup;
  shapes: BatchShape[];
  batchesPerStep: number;
  stepsPerShape: number;
}

const { setup, shapes, batchesPerStep, stepsPerShape } = JSON.parse(process.argv[2]!) as MemoryRequest;

function peakBytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return 1024 * Number(/^VmHWM:\s*(\d+) kB/m.exec(status)![1]);
}

function batchOf({ rows, frames, maxTokens }: BatchShape): TrainingBatch {
  const random = createRandom('bench', 'memory');
  const { bins, vocabularySize } = setup.spec;
  const tokens = () => Int32Array.from({ length: maxTokens }, () => 1 + random.below(vocabularySize - 1));
  return {
    features: Float32Array.from({ length: rows * frames * bins }, () => random.normal()),
    batch: rows,
    frames,
    bins,
    frameCounts: new Int32Array(rows).fill(frames),
    tokens: Array.from({ length: rows }, tokens),
    ids: Array.from({ length: rows }, (_, row) => `${row}`),
    shape: { rows, frames, maxTokens },
  };
}

const started = peakBytes();
const host = createTrainingHost(setup);
const ready = peakBytes();
const peaks: number[] = [];
let step = 0;
for (const shape of shapes) {
  const batches = Array.from({ length: batchesPerStep }, () => batchOf(shape));
  for (let i = 0; i < stepsPerShape; i++) await host.step(batches, { learningRate: 1e-4, seed: 1, step: step++ });
  peaks.push(peakBytes());
}
console.log(JSON.stringify({ started, ready, peaks }));
process.exit();

import { graphProcessEnvironment } from '../src/engine/ortClient.ts';
import { modelSchema } from '../src/shared/config/modelSchema.ts';
import type { ModelConfig } from '../src/shared/config/schema.ts';
import { createRandom } from '../src/shared/random.ts';
import { benchFile, compareSides, option, startSide, torchEnvironment, torchVersion } from './sides.ts';

/**
 * One training step (forward, loss, backward, clip, AdamW) beside PyTorch's, in turns within one run.
 * `npm run bench:step [-- --steps 9 --threads 2 --python /usr/bin/python3 --only bar248,small800]`
 * Ours is one session beside one PyTorch model; `--engine` takes the options and the allocator with which the engine
 * holds a session per batch shape. PyTorch runs at its best: OPENBLAS_NUM_THREADS=1 and set_num_threads(2). Processor time is printed too: with
 * `--threads 1`, where nothing spins, it tells the truth on a busy machine.
 */
export interface StepBench {
  config: ModelConfig;
  bins: number;
  vocabulary: number;
  batch: number;
  frames: number;
  /** Valid frames of each utterance. */
  lengths: number[];
  targets: number[][];
  learningRate: number;
  weightDecay: number;
  clipNorm: number;
}

/** The model of the bar: one BiLSTM on 2560 inputs and no norm. */
const bar = modelSchema.parse({
  blocks: [
    { channels: 64, pool: [2, 2] },
    { channels: 128, pool: [1, 2] },
    { channels: 256, pool: [1, 2] },
  ],
  norm: 'none',
  rnn: { hiddenSize: 256, layers: 1, projection: 0 },
  dropout: 0,
});
const small = modelSchema.parse({});

/** Utterances of a length bucket: from 85 % to all of the longest. */
const bucketed = (frames: number) => Array.from({ length: 8 }, (_, b) => Math.round(frames * (0.85 + (0.15 * b) / 7)));

export const benches: Record<string, { goal?: number; bench: StepBench }> = {
  bar248: { goal: 0.75, bench: benchOf(bar, new Array<number>(8).fill(248)) },
  bar800: { goal: 0.65, bench: benchOf(bar, new Array<number>(8).fill(800)) },
  small248: { bench: benchOf(small, bucketed(248)) },
  small800: { bench: benchOf(small, bucketed(800)) },
};

function benchOf(config: ModelConfig, lengths: number[]): StepBench {
  const random = createRandom('bench', 'step');
  const targets = lengths.map((frames) => Array.from({ length: Math.floor(frames / 8) }, () => 1 + random.below(31)));
  const frames = Math.max(...lengths);
  const training = { learningRate: 1e-3, weightDecay: 0.01, clipNorm: 1 };
  return { config, bins: 80, vocabulary: 32, batch: lengths.length, frames, lengths, targets, ...training };
}

async function compare(name: string, steps: number, threads: number, python: string): Promise<boolean> {
  const { bench, goal } = benches[name]!;
  const engine = process.argv.includes('--engine');
  const argument = JSON.stringify({ ...bench, threads, engine });
  const sides = {
    ours: startSide(process.execPath, [benchFile('stepOurs.ts'), argument], engine ? graphProcessEnvironment : {}),
    torch: startSide(python, [benchFile('step_torch.py'), argument], torchEnvironment),
  };
  const { ratio, peakMiB, text } = await compareSides(sides, steps);
  const passed = goal === undefined || (ratio <= goal && peakMiB.ours <= peakMiB.torch);
  console.log(`${name}: ${text}${goal === undefined ? '' : `, bar ${goal} ${passed ? 'met' : 'MISSED'}`}`);
  return passed;
}

if (import.meta.main) {
  const python = option('python', '/usr/bin/python3');
  const threads = Number(option('threads', '2'));
  console.log(
    `B=8, ${threads} threads each; PyTorch ${torchVersion(python)}, OPENBLAS_NUM_THREADS=1; medians of interleaved steps`,
  );
  let passed = true;
  for (const name of option('only', Object.keys(benches).join()).split(',')) {
    passed = (await compare(name, Number(option('steps', '9')), threads, python)) && passed;
  }
  process.exitCode = passed ? 0 : 1;
}

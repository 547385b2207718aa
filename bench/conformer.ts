import { execFileSync } from 'node:child_process';
import { median, option, path, start } from './step.ts';

/**
 * Forward and backward of one conformer block (gradients of its input and of every parameter) beside PyTorch's, in turns
 * within one run: `npm run bench:conformer [-- --steps 15 --threads 2 --python /usr/bin/python3 --only base,dropout]`
 * PyTorch runs at its best: OPENBLAS_NUM_THREADS=1 and set_num_threads(2). Processor time is printed too: with
 * `--threads 1`, where nothing spins, it tells the truth on a busy machine.
 */
export interface BlockBench {
  batch: number;
  frames: number;
  dimension: number;
  heads: number;
  kernelSize: number;
  dropout: number;
  /** Valid frames of each utterance. */
  lengths: number[];
}

const bucketed = (frames: number) => Array.from({ length: 8 }, (_, b) => Math.round(frames * (0.85 + (0.15 * b) / 7)));
const base: BlockBench = {
  batch: 8,
  frames: 200,
  dimension: 256,
  heads: 4,
  kernelSize: 31,
  dropout: 0,
  lengths: bucketed(200),
};

/** The bar is on the block of a Conformer (M) at 8 s; Conformer (S) beside it, and both with dropout, masks drawn. */
const benches: Record<string, { goal: number; bench: BlockBench }> = {
  base: { goal: 0.8, bench: base },
  small: { goal: 0.8, bench: { ...base, dimension: 144 } },
  dropout: { goal: 0.8, bench: { ...base, dropout: 0.1 } },
};

async function compare(name: string, steps: number, threads: number, python: string): Promise<boolean> {
  const { bench, goal } = benches[name]!;
  const argument = JSON.stringify({ ...bench, threads });
  const sides = {
    ours: start(process.execPath, [path('conformerOurs.ts'), argument], {}),
    torch: start(python, [path('conformer_torch.py'), argument], { OPENBLAS_NUM_THREADS: '1' }),
  };
  const times = { ours: [] as number[], torch: [] as number[] };
  const cpu = { ours: [] as number[], torch: [] as number[] };
  for (let step = 0; step < steps + 3; step++) {
    for (const side of ['ours', 'torch'] as const) {
      const { ms, cpuMs } = await sides[side].step();
      if (step < 3) continue;
      times[side].push(ms);
      cpu[side].push(cpuMs);
    }
  }
  const peak = { ours: await sides.ours.end(), torch: await sides.torch.end() };
  const ratio = median(times.ours) / median(times.torch);
  const text = (side: keyof typeof sides) =>
    `${median(times[side]).toFixed(1)} ms (min ${Math.min(...times[side]).toFixed(1)}), processor ${Math.min(...cpu[side]).toFixed(1)} ms, ${peak[side].toFixed(0)} MiB`;
  const least = Math.min(...cpu.ours) / Math.min(...cpu.torch);
  console.log(
    `${name}: ours ${text('ours')}; PyTorch ${text('torch')}; ratio ${ratio.toFixed(3)}, bar ${goal} ${ratio <= goal ? 'met' : 'MISSED'}; of least times ${(Math.min(...times.ours) / Math.min(...times.torch)).toFixed(3)}, of least processor time ${least.toFixed(3)}`,
  );
  return ratio <= goal;
}

const python = option('python', '/usr/bin/python3');
const version = execFileSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' }).trim();
const threads = Number(option('threads', '2'));
console.log(`B=8, ${threads} threads each; PyTorch ${version}, OPENBLAS_NUM_THREADS=1; medians of interleaved steps`);
let passed = true;
for (const name of option('only', Object.keys(benches).join()).split(',')) {
  passed = (await compare(name, Number(option('steps', '15')), threads, python)) && passed;
}
process.exitCode = passed ? 0 : 1;

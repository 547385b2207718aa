import { benchFile, compareSides, option, startSide, torchEnvironment, torchVersion } from './sides.ts';

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
export const benches: Record<string, { goal: number; bench: BlockBench }> = {
  base: { goal: 0.8, bench: base },
  small: { goal: 0.8, bench: { ...base, dimension: 144 } },
  dropout: { goal: 0.8, bench: { ...base, dropout: 0.1 } },
};

async function compare(name: string, steps: number, threads: number, python: string): Promise<boolean> {
  const { bench, goal } = benches[name]!;
  const argument = JSON.stringify({ ...bench, threads });
  const sides = {
    ours: startSide(process.execPath, [benchFile('conformerOurs.ts'), argument], {}),
    torch: startSide(python, [benchFile('conformer_torch.py'), argument], torchEnvironment),
  };
  const { ratio, text } = await compareSides(sides, steps);
  console.log(`${name}: ${text}, bar ${goal} ${ratio <= goal ? 'met' : 'MISSED'}`);
  return ratio <= goal;
}

if (import.meta.main) {
  const python = option('python', '/usr/bin/python3');
  const threads = Number(option('threads', '2'));
  console.log(
    `B=8, ${threads} threads each; PyTorch ${torchVersion(python)}, OPENBLAS_NUM_THREADS=1; medians of interleaved steps`,
  );
  let passed = true;
  for (const name of option('only', Object.keys(benches).join()).split(',')) {
    passed = (await compare(name, Number(option('steps', '15')), threads, python)) && passed;
  }
  process.exitCode = passed ? 0 : 1;
}

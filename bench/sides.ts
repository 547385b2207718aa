import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A process that does one step of its work for each line on stdin and says what it took. */
export interface Side {
  step(): Promise<StepTime>;
  /** Ends it; its peak memory in MiB. */
  end(): Promise<number>;
}

export interface StepTime {
  ms: number;
  /** Processor time of all its threads. */
  cpuMs: number;
}

export function startSide(command: string, args: string[], env: NodeJS.ProcessEnv): Side {
  const child: ChildProcess = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<Record<string, number>> => {
    child.stdin!.write(`${line}\n`);
    const answer = await lines.next();
    if (answer.done) throw new Error(`${command} ended early`);
    return JSON.parse(answer.value) as Record<string, number>;
  };
  return {
    step: async () => (await ask('step')) as unknown as StepTime,
    end: async () => (await ask('end')).peakMiB!,
  };
}

export interface Comparison {
  /** Of the medians, ours over PyTorch's. */
  ratio: number;
  peakMiB: { ours: number; torch: number };
  /** Times of both sides, for people. */
  text: string;
}

/** Steps of both sides in turns, so that both see the same machine; the first two of each do not count. */
export async function compareSides(sides: { ours: Side; torch: Side }, steps: number): Promise<Comparison> {
  const wall = { ours: [] as number[], torch: [] as number[] };
  const cpu = { ours: [] as number[], torch: [] as number[] };
  for (let step = 0; step < steps + 2; step++) {
    for (const side of ['ours', 'torch'] as const) {
      const { ms, cpuMs } = await sides[side].step();
      if (step < 2) continue;
      wall[side].push(ms);
      cpu[side].push(cpuMs);
    }
  }
  const peakMiB = { ours: await sides.ours.end(), torch: await sides.torch.end() };
  const least = { ours: Math.min(...cpu.ours), torch: Math.min(...cpu.torch) };
  const describe = (side: 'ours' | 'torch') => {
    const times = `${short(median(wall[side]))} ms (min ${short(Math.min(...wall[side]))})`;
    return `${times}, processor ${short(least[side])} ms, ${peakMiB[side].toFixed(0)} MiB`;
  };
  const ratio = median(wall.ours) / median(wall.torch);
  const text = `ours ${describe('ours')}; PyTorch ${describe('torch')}; ratio ${ratio.toFixed(3)}, of least processor time ${(least.ours / least.torch).toFixed(3)}`;
  return { ratio, peakMiB, text };
}

const short = (ms: number) => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0));

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** PyTorch at its best: with more than one thread its own and OpenBLAS's pools would fight. */
export const torchEnvironment = { OPENBLAS_NUM_THREADS: '1' };

export const torchVersion = (python: string): string =>
  execFileSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' }).trim();

export const benchFile = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A `--name value` of the command line. */
export function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
}

/** Answers each line on stdin with the time of one step, and `end` with the peak memory, as a side does. */
export async function serveSteps(step: () => Promise<unknown>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'end') break;
    const start = performance.now();
    const startCpu = process.cpuUsage();
    const facts = await step();
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(startCpu);
    console.log(JSON.stringify({ ...(facts as object | undefined), ms, cpuMs: (user + system) / 1e3 }));
  }
  console.log(JSON.stringify({ peakMiB: process.resourceUsage().maxRSS / 1024 }));
}

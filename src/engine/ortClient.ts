import { fork, type StdioOptions } from 'node:child_process';
import { UserError } from '../shared/problem.ts';
import type { OrtAnswer, OrtCall, OrtCalls } from './ort/protocol.ts';
import { launcherSocketVariable } from './parallel/launchedRanks.ts';
import { workerFile } from './workerFiles.ts';

/** The process that runs graphs: the engine stays live while it computes, and outlives it when memory runs out. */
export interface OrtClient {
  call<K extends OrtCall>(call: K, ...args: Parameters<OrtCalls[K]>): Promise<ReturnType<OrtCalls[K]>>;
  /** Whether the process has not ended. */
  readonly alive: boolean;
  dispose(): Promise<void>;
}

/**
 * glibc keeps freed memory for the next step and for every session alike. Without this each large tensor is mapped and
 * cleared anew (a fifth of a step's time), and with onnxruntime's own arena each session keeps a step's memory.
 */
export const graphProcessEnvironment = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: String(2 ** 32),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 33),
  MALLOC_TOP_PAD_: String(2 ** 26),
  // Small freed pieces join their neighbours at once: kept apart, they break the holes that tensors leave, and a step
  // takes up to 30 % more memory. Large pages for the heap save a twelfth of a step's time.
  GLIBC_TUNABLES: 'glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0:glibc.malloc.hugetlb=1',
};

const stderrKept = 4000;

/** `launcherSocket`: by which MPICH's launcher and Slurm talk to this process; the graph's process takes it over. */
export function startOrtClient(launcherSocket?: number): OrtClient {
  const stdio: StdioOptions = ['ignore', 'ignore', 'pipe', 'ipc'];
  const env: NodeJS.ProcessEnv = { ...graphProcessEnvironment, ...process.env };
  if (launcherSocket !== undefined) env[launcherSocketVariable] = String(stdio.push(launcherSocket) - 1);
  const child = fork(workerFile('ort'), { serialization: 'advanced', stdio, env, execArgv: [] });
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let nextId = 0;
  let said = '';
  let ended: Error | undefined;
  child.stderr!.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-stderrKept);
  });
  const exited = new Promise<void>((resolve) => {
    const end = (error: Error) => {
      ended ??= error;
      for (const { reject } of pending.values()) reject(ended);
      pending.clear();
      resolve();
    };
    child.on('error', end);
    child.on('exit', (code, signal) => end(explainExit(code, signal, said)));
  });
  child.on('message', (answer) => settle(pending, answer as OrtAnswer));
  return {
    call(call, ...args) {
      if (ended) return Promise.reject(ended);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
        // A broken pipe is followed by the exit, which rejects with the reason.
        child.send({ id, call, args }, () => undefined);
      });
    },
    get alive() {
      return ended === undefined;
    },
    async dispose() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

function settle(
  pending: Map<number, { resolve(value: unknown): void; reject(error: Error): void }>,
  answer: OrtAnswer,
): void {
  const waiting = pending.get(answer.id);
  pending.delete(answer.id);
  if ('error' in answer) {
    const error = answer.error.expected ? new UserError(answer.error.message) : new Error(answer.error.message);
    error.stack = answer.error.stack;
    waiting?.reject(error);
  } else waiting?.resolve(answer.result);
}

function explainExit(code: number | null, signal: NodeJS.Signals | null, said: string): Error {
  if (signal === 'SIGKILL')
    return new UserError(
      'the process that runs the graph was killed, most likely because memory ran out; lower training.batchSeconds or close other programs',
    );
  return new Error(
    `the process that runs the graph ended (${signal ?? `exit code ${code}`})${said ? `:\n${said}` : ''}`,
  );
}

import { type ChildProcess, execFile } from 'node:child_process';
import type { GpuSample } from '../../shared/run/events.ts';
import { explainNoGpus, gpuQuery, parseGpus } from './parseGpus.ts';

export interface GpuAnswer {
  gpus: GpuSample[];
  /** Why there are none. */
  absence?: string;
}

/** Asks `nvidia-smi`, one question at a time. */
export interface GpuProbe {
  /** Resolves with the latest answer; never rejects. */
  ask(nowMs: number): Promise<GpuAnswer>;
  dispose(): void;
}

/** A driver that hangs must not gather processes. */
const limitMs = 4000;
/** After a failure it is asked this seldom; where it is not installed, never again. */
const retryMs = 60_000;

export function createGpuProbe(program = 'nvidia-smi'): GpuProbe {
  let latest: GpuAnswer = { gpus: [] };
  let child: ChildProcess | undefined;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<GpuAnswer> | undefined;
  const ask = () =>
    new Promise<GpuAnswer>((resolve) => {
      const settings = { timeout: limitMs, killSignal: 'SIGKILL', env: { ...process.env, LC_ALL: 'C' } } as const;
      const query = [`--query-gpu=${gpuQuery.join()}`, '--format=csv,noheader,nounits'];
      child = execFile(program, query, settings, (error, out, errors) => resolve(answerOf(error, out, errors)));
    });
  return {
    ask(nowMs) {
      if (nowMs < notBeforeMs) return Promise.resolve(latest);
      asking ??= ask().then((answer) => {
        latest = answer;
        asking = undefined;
        child = undefined;
        if (answer.absence === notInstalled) notBeforeMs = Number.POSITIVE_INFINITY;
        else if (answer.absence !== undefined) notBeforeMs = nowMs + retryMs;
        return answer;
      });
      return asking;
    },
    dispose() {
      // One that could not be started has no id, and to kill it would be to kill this process and its whole group.
      if (child?.pid !== undefined) child.kill('SIGKILL');
    },
  };
}

const notInstalled = 'nvidia-smi is not on the path: there is no NVIDIA GPU here, or its driver’s programs are missing';

/** It may fail for one of several GPUs and still tell of the others. */
function answerOf(error: Error | null, out: string, errors: string): GpuAnswer {
  const gpus = parseGpus(out);
  if (gpus.length > 0) return { gpus };
  const { code, killed } = (error ?? {}) as { code?: unknown; killed?: boolean };
  if (code === 'ENOENT') return { gpus, absence: notInstalled };
  if (code === 'EACCES') return { gpus, absence: 'nvidia-smi may not be run here' };
  if (killed) return { gpus, absence: `nvidia-smi did not answer within ${limitMs / 1000} s` };
  return { gpus, absence: explainNoGpus(out, errors) };
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { EngineEnd } from './engineProcess.ts';

/** Why system calls cannot be disturbed here; undefined where they can. */
export const straceAbsence: string | undefined =
  spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0 ? undefined : 'strace cannot trace here';
if (straceAbsence) console.log(`left out: ${straceAbsence}`);

/** Runs a Node program under strace. Its file operations share one thread, so that their order is always the same. */
export async function straceNode(options: readonly string[], program: readonly string[]): Promise<EngineEnd> {
  const child = spawn('strace', ['-f', '-qq', ...options, process.execPath, ...program], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

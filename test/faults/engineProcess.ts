import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The bundle, as users have it: many tests start it, and it starts much sooner than the sources. */
export const engineFile = join(import.meta.dirname, '../../dist/engine.js');
export const launcherFile = join(import.meta.dirname, '../../dist/launcher.js');

export interface EngineEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Starts the engine as a process of its own. */
export function startEngine(args: readonly string[], env: Record<string, string> = {}, folder?: string) {
  const child = spawn(process.execPath, [engineFile, ...args], {
    ...(folder === undefined ? {} : { cwd: folder }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = once(child, 'close').then(([code, signal]): EngineEnd => ({ code, signal, stdout, stderr }));
  return { child, ended };
}

export const runEngine = (...args: string[]) => startEngine(args).ended;

/** With this folder as its own. */
export const runEngineIn = (folder: string, ...args: string[]) => startEngine(args, {}, folder).ended;

export function hashFile(...path: string[]): string {
  return createHash('sha256')
    .update(readFileSync(join(...path)))
    .digest('hex');
}

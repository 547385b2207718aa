import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface StartedEngine {
  pid: number;
  /** Exit code, as a shell would give it. */
  ended: Promise<number>;
}

/** The engine in a session of its own: neither Ctrl-C nor the end of this terminal reaches it. */
export function startEngine(argumentList: readonly string[], descriptor: number): StartedEngine {
  // Beside this file in the bundle; one folder up in the sources.
  const script = import.meta.url.endsWith('.ts') ? '../main.ts' : './engine.js';
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...argumentList], {
    detached: true,
    windowsHide: true,
    stdio: ['ignore', descriptor, descriptor],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, name) => resolve(code ?? (name === 'SIGKILL' ? 137 : 130)));
  });
  return { pid: child.pid ?? 0, ended };
}

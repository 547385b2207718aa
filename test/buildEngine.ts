import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Tests that start the engine start its bundle, which must be of the sources as they are now. */
export default function setup(): void {
  const root = join(import.meta.dirname, '..');
  execFileSync(process.execPath, [join(root, 'esbuild.mjs'), 'engine'], { cwd: root, stdio: 'inherit' });
}

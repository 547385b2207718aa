import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../shared/data');

/**
 * Folder of the test recordings, which are not part of the repository. Where it is missing, tests on them are skipped
 * and say so; on CI that is an error.
 */
export function recordingsFolder(): string | undefined {
  if (existsSync(folder)) return folder;
  if (process.env.CI === 'true') throw new Error(`The test recordings are missing: ${folder}`);
  console.log(`Skipped: no test recordings in ${folder}`);
  return undefined;
}

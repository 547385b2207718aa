import * as fs from 'node:fs';
import * as path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startServer } from '../../vscode/harness/server.ts';

/** What a window needs of the running VS Code. */
export interface Workbench {
  authority: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    workbench: Workbench;
  }
}

const repository = path.join(import.meta.dirname, '../../..');

/** One VS Code for all tests, with the extension installed as its users install it. */
export default async function serveWorkbench(project: TestProject): Promise<() => Promise<void>> {
  const vsix = path.join(repository, 'out', `asr-workbench-${process.platform}-${process.arch}.vsix`);
  if (!fs.existsSync(vsix)) throw new Error(`${vsix} is missing: run \`npm run package\` first`);
  const server = await startServer({ vsix: [vsix], develop: path.join(import.meta.dirname, 'probe') });
  project.provide('workbench', { authority: server.authority });
  return server.stop;
}

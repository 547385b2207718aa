// Runs test/vscode inside a real VS Code: code-server where it is installed, else one that @vscode/test-electron downloads.
//   node scripts/testVscode.ts [--no-build] [--download] [main|restricted]
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { findCodeServer } from '../test/vscode/harness/server.ts';

const root = path.dirname(import.meta.dirname);
const flags = new Set(process.argv.slice(2));
const wanted = [...flags].filter((flag) => !flag.startsWith('--'));
const shim =
  findCodeServer() && !flags.has('--download') ? path.join(root, 'test/vscode/harness/codeShim.ts') : undefined;

/** One window on an empty folder, with the tests inside its extension host. */
async function runSuite(environment: Record<string, string>): Promise<number> {
  const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-workspace-'));
  try {
    return await runTests({
      ...(shim ? { vscodeExecutablePath: shim } : {}),
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(root, 'out/test/vscode/runSuite.cjs'),
      extensionTestsEnv: { ASR_TEST_ROOT: root, ...environment },
      launchArgs: [workspace],
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    fs.rmSync(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
}

const suites: Record<string, () => Promise<number>> = {
  main: () => runSuite({}),
  // @vscode/test-electron always switches Workspace Trust off.
  ...(shim ? { restricted: () => runSuite({ ASR_TEST_RESTRICTED: '1' }) } : {}),
};

if (!flags.has('--no-build'))
  execFileSync(process.execPath, [path.join(root, 'esbuild.mjs'), '--tests'], { stdio: 'inherit' });
let worst = 0;
for (const [name, run] of Object.entries(suites))
  if (wanted.length === 0 || wanted.includes(name)) worst = Math.max(worst, await run());
process.exit(worst);

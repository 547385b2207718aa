// Runs test/vscode inside a real VS Code: code-server where it is installed, else one that @vscode/test-electron downloads.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { findCodeServer } from '../test/vscode/harness/server.ts';

const root = path.dirname(import.meta.dirname);
if (!process.argv.includes('--no-build'))
  execFileSync(process.execPath, [path.join(root, 'esbuild.mjs'), '--tests'], { stdio: 'inherit' });
const shim = path.join(root, 'test/vscode/harness/codeShim.ts');
const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-workspace-'));
let code = 1;
try {
  code = await runTests({
    ...(findCodeServer() && !process.argv.includes('--download') ? { vscodeExecutablePath: shim } : {}),
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, 'out/test/vscode/runSuite.cjs'),
    extensionTestsEnv: { ASR_TEST_ROOT: root },
    launchArgs: [workspace],
  });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  fs.rmSync(workspace, { recursive: true, force: true });
}
process.exit(code);

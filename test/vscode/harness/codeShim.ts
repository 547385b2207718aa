#!/usr/bin/env node
// A drop-in "VS Code executable" for @vscode/test-electron: runs a suite in code-server and Chromium.
import * as path from 'node:path';
import { format } from 'node:util';
import { launchBrowser, workbenchUrl } from './browser.ts';
import { startServer } from './server.ts';

const options = new Map<string, string[]>();
const folders: string[] = [];
for (const argument of process.argv.slice(2)) {
  const [, name, value] = /^--([\w-]+)(?:=(.*))?$/.exec(argument) ?? [];
  if (name) options.set(name, [...(options.get(name) ?? []), value ?? '']);
  else folders.push(path.resolve(argument));
}
const timeoutMs = Number(process.env.ASR_TEST_TIMEOUT_MS ?? 600_000);
// What the extension host should see of this environment.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([key]) => /^(ASR_|NODE_V8_COVERAGE$|CI$)/.test(key)),
);

const server = await startServer({ driver: true, workspaceTrust: process.env.ASR_TEST_RESTRICTED === '1' });
const browser = await launchBrowser();
let code = 124;
try {
  const remote = (file: string) => `vscode-remote://${server.authority}${path.resolve(file)}`;
  const finished = new Promise<number>((resolve) => {
    void browser.page.exposeFunction('codeAutomationExit', resolve);
  });
  await browser.page.exposeFunction('codeAutomationLog', (type: string, parts: unknown[]) => {
    const line = format(...parts);
    if (isChatter(line) && !process.env.ASR_TEST_VERBOSE) return;
    (type === 'error' ? process.stderr : process.stdout).write(`${line}\n`);
  });
  const payload: [string, string][] = [
    ...(options.get('extensionDevelopmentPath') ?? []).map((folder): [string, string] => [
      'extensionDevelopmentPath',
      remote(folder),
    ]),
    ['extensionTestsPath', remote(options.get('extensionTestsPath')?.[0] ?? '')],
    ['extensionEnvironment', JSON.stringify(environment)],
  ];
  await browser.page.goto(workbenchUrl(server, folders[0], payload));
  code = await Promise.race([finished, new Promise<number>((resolve) => setTimeout(() => resolve(124), timeoutMs))]);
  if (code === 124) process.stderr.write(`no result after ${timeoutMs / 1000} s\n`);
} finally {
  await browser.close();
  await server.stop();
}
process.exit(code);

/** What the workbench and its own extensions say to themselves; what names the folder under development never is. */
function isChatter(line: string): boolean {
  const own = (options.get('extensionDevelopmentPath') ?? []).some((folder) => line.includes(folder));
  if (own) return false;
  const opening = /^(%c|\[|Timed out waiting for authentication|Could not find pty|Ignoring|Creat|Resolv|Updating)/;
  return opening.test(line) || /[\\/]vscode[\\/](extensions|node_modules)[\\/]/.test(line);
}

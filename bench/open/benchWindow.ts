import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { build } from 'esbuild';
import { type BrowserContext, chromium, type Frame, type Page } from 'playwright-core';
import { findWebview, workbenchUrl } from '../../test/vscode/harness/browser.ts';

/** A window of the workbench in a browser of its own, with an empty profile. */
export interface BenchWindow {
  page: Page;
  context: BrowserContext;
  /** Of the browser: the root of its processes. */
  pid: number;
  /** Bytes that came over sockets since the window was opened. */
  receivedBytes(): number;
  /** Waits until the workbench has said all it has to say after its start. */
  quieten(): Promise<void>;
  close(): Promise<void>;
}

/** Third-party frames need storage for the service worker that serves their files. */
const preferences = { profile: { cookie_controls_mode: 0, block_third_party_cookies: false } };

export async function openBenchWindow(authority: string, folder: string): Promise<BenchWindow> {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-chromium-'));
  fs.mkdirSync(path.join(profile, 'Default'));
  fs.writeFileSync(path.join(profile, 'Default/Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport: { width: 1400, height: 900 },
    // The workbench's policy names the sites of its editors; here they are others.
    bypassCSP: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  const close = async () => {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    context.setDefaultNavigationTimeout(120_000);
    context.setDefaultTimeout(120_000);
    await context.addInitScript({ content: await pageScript() });
    const page = context.pages()[0] ?? (await context.newPage());
    const received = await countReceived(context, page);
    await page.goto(workbenchUrl({ authority }, folder));
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    const quieten = () => untilQuiet(received);
    return { page, context, pid: browserPid(profile), receivedBytes: () => received.bytes, quieten, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function pageScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, '../page/watchView.ts')],
    ...{ bundle: true, write: false, format: 'iife', target: 'chrome120' },
  });
  return outputFiles[0]!.text;
}

async function countReceived(context: BrowserContext, page: Page): Promise<{ bytes: number }> {
  const received = { bytes: 0 };
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.webSocketFrameReceived', ({ response: { opcode, payloadData } }) => {
    // Binary frames come as base64.
    received.bytes += opcode === 2 ? Math.floor((payloadData.length * 3) / 4) : payloadData.length;
  });
  return received;
}

async function untilQuiet(received: { bytes: number }): Promise<void> {
  for (let quietSec = 0, waitedSec = 0; quietSec < 3 && waitedSec < 60; waitedSec++) {
    const before = received.bytes;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    quietSec = received.bytes - before < 20_000 ? quietSec + 1 : 0;
  }
}

function browserPid(profile: string): number {
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      if (line.includes(profile) && !line.includes('--type=')) return Number(pid);
    } catch {
      // A process may be gone before it is read.
    }
  }
  throw new Error('the browser has no process');
}

/** What the script of bench/page/watchView.ts offers in a frame. */
export interface Watched {
  frames: number[];
  begunAt: number;
  coarseAt?: number;
  wholeAt?: number;
  heardBytes: number;
  longTasks: { name: string; atMs: number; durationMs: number }[];
  frameGaps: number[];
}

export const watchedIn = (frame: Frame): Promise<Watched> =>
  frame.evaluate<Watched>('JSON.parse(JSON.stringify(watched))');

export const findView = (page: Page): Promise<Frame> => findWebview(page, '.view');

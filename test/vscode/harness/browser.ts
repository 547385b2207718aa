import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type BrowserContext, chromium, type Frame, type Page } from 'playwright-core';
import type { Server } from './server.ts';

export interface Browser {
  context: BrowserContext;
  page: Page;
  close(): Promise<void>;
}

/** A headless Chromium with an empty profile; CHROMIUM names another binary. */
export async function launchBrowser(viewport = { width: 1400, height: 900 }): Promise<Browser> {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
  // A machine that also trains may take long to serve the workbench.
  context.setDefaultNavigationTimeout(120_000);
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, page, close };
}

/** Address of the workbench on a folder; `payload` is VS Code's own list of [key, value] pairs. */
export function workbenchUrl(server: Pick<Server, 'authority'>, folder?: string, payload?: [string, string][]): string {
  const query = new URLSearchParams(folder ? { folder } : { ew: 'true' });
  if (payload) query.set('payload', JSON.stringify(payload));
  return `http://${server.authority}/?${query}`;
}

/** Opens a folder and waits until the workbench can be used. */
export async function openFolder(browser: Browser, server: Pick<Server, 'authority'>, folder: string): Promise<Page> {
  await browser.page.goto(workbenchUrl(server, folder));
  await browser.page.locator('.monaco-workbench .part.editor').waitFor({ timeout: 120_000 });
  return browser.page;
}

/** Runs a command by its title. */
export async function runFromPalette(page: Page, title: string, timeoutMs = 60_000): Promise<void> {
  await chooseFromQuickInput(page, 'Control+Shift+P', `>${title}`, title, timeoutMs);
}

/**
 * Opens a list by its keys, types, and chooses the row with a text. The list is a snapshot taken when it opens, and a
 * busy window may swallow the keys, so it is opened again until the row is there.
 */
export async function chooseFromQuickInput(
  page: Page,
  keys: string,
  typed: string,
  text: string,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await page.keyboard.press(keys);
      const input = page.locator('.quick-input-widget:visible .quick-input-box input').first();
      await input.fill(typed, { timeout: 5000 });
      const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
      await row.waitFor({ timeout: 5000 });
      return await row.click({ timeout: 5000 });
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Chooses a row of the open quick pick by its text. */
export async function pickRow(page: Page, text: string | RegExp, timeoutMs = 60_000): Promise<void> {
  const row = page.locator('.quick-input-widget:visible .monaco-list-row').filter({ hasText: text }).first();
  await row.waitFor({ timeout: timeoutMs });
  await row.click();
}

/** The inner frame of the webview that holds `selector`; several webviews may be open. */
export async function findWebview(page: Page, selector: string, timeoutMs = 60_000): Promise<Frame> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    for (const frame of page.frames()) {
      const found = await frame.$(selector).catch(() => null);
      if (found) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no webview holds ${selector}`);
}

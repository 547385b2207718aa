import type { BrowserContext, Page } from 'playwright-core';
import { inject } from 'vitest';
import { chooseFromQuickInput, launchBrowser, openFolder } from '../../vscode/harness/browser.ts';
import type { Workbench } from './serveWorkbench.ts';

/** A browser window that shows a folder in VS Code. */
export interface Window {
  /** Of the browser, for further windows. */
  context: BrowserContext;
  page: Page;
  /** What the page and its webviews complained of on their consoles, the workbench's own noise left out. */
  complaints: string[];
  close(): Promise<void>;
}

export async function openWindow(
  folder: string,
  viewport = { width: 1400, height: 900 },
  server: Workbench = inject('workbench'),
): Promise<Window> {
  const browser = await launchBrowser(viewport);
  // A busy machine is slow, not wrong.
  browser.page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  browser.page.on('pageerror', (error) => {
    const text = error.stack ?? error.message;
    // VS Code's own frame around a page, when it is closed while it opens, and its terminal, when it is closed while it draws.
    if (!/\/contrib\/webview\/browser\/pre\/|\/@xterm\/xterm\//.test(text)) complaints.push(text);
  });
  browser.page.on('console', (message) => {
    const text = message.text();
    const severe = message.type() === 'error' || /Content Security Policy/i.test(text);
    if (severe && !isWorkbenchNoise(text, message.location().url))
      complaints.push(`${text} (${message.location().url})`);
  });
  await openFolder(browser, server, folder);
  return { context: browser.context, page: browser.page, complaints, close: browser.close };
}

/**
 * Complaints of VS Code about parts of it that are not installed here (licence check, accounts, native modules), about
 * a machine that is slow to answer when a file is saved, and about what a reload interrupts.
 */
const isWorkbenchNoise = (text: string, url: string): boolean =>
  /vsda|authentication provider|spdlog|vscode-log:|Release.watchdog|onWillSaveTextDocument-event|\[lifecycle\]|Canceled: Canceled/.test(
    text + url,
  );

/** Opens a file of the folder by its name. */
export async function openFile(page: Page, name: string): Promise<void> {
  await chooseFromQuickInput(page, 'Control+P', name, name);
  await page
    .locator(`.tabs-container .tab.active[data-resource-name=${JSON.stringify(name)}]`)
    .first()
    .waitFor();
}

/** Text of an editor as it is read; VS Code writes its spaces as no-break ones. */
export async function editorText(page: Page, group = 0): Promise<string> {
  const lines = page.locator('.editor-group-container').nth(group).locator('.view-lines').first();
  const rows = await lines.locator('.view-line').evaluateAll((elements) =>
    elements
      .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text),
  );
  return rows.join('\n').replaceAll('\u00a0', ' ');
}

/** The message of a notification that matches, once it is shown. */
export async function waitForNotification(page: Page, text: RegExp, timeoutMs = 60_000): Promise<string> {
  const message = page
    .locator('.notifications-toasts .notification-list-item-message')
    .filter({ hasText: text })
    .first();
  await message.waitFor({ timeout: timeoutMs });
  return (await message.textContent()) ?? '';
}

/** What the status bar says of the current run; empty when it says nothing. */
export async function statusText(page: Page): Promise<string> {
  return (await page.locator('.statusbar-item[id$="asr.run"]').allTextContents()).join('');
}

/** What the terminal shows. */
export async function terminalText(page: Page): Promise<string> {
  const rows = page.locator('.terminal-wrapper.active .xterm-rows > div');
  return (await rows.allTextContents()).join('\n').replaceAll('\u00a0', ' ');
}

import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { pickRow, runFromPalette } from '../../vscode/harness/browser.ts';

const folder = path.join(import.meta.dirname, '../../../out/screenshots');

/** Keeps a picture of the window for people to look at. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  // Without what the pointer shows, and without what is fading away.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(400);
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

const themes = [
  { name: 'light', title: 'Light Modern', kind: 'vs' },
  { name: 'contrast', title: 'Dark High Contrast', kind: 'hc-black' },
  { name: 'dark', title: 'Dark Modern', kind: 'vs-dark' },
];

/** The same window in each kind of theme; it stays in the last. */
export async function takeThemedScreenshots(page: Page, name: string): Promise<void> {
  for (const theme of themes) {
    await runFromPalette(page, 'Preferences: Color Theme');
    await page.locator('.quick-input-widget:visible .quick-input-box input').first().fill(theme.title);
    await pickRow(page, theme.title);
    await page.locator(`.monaco-workbench.${theme.kind}`).waitFor();
    await takeScreenshot(page, `${name}-${theme.name}`);
  }
}

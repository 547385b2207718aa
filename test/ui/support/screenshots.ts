import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';

const folder = path.join(import.meta.dirname, '../../../out/screenshots');

/** Keeps a picture of the window for people to look at. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

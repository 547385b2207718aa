import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

const fixtures = path.join(import.meta.dirname, '../fixtures/compressed');

describe('compressed recordings in the spectrogram editor', () => {
  let browser: Browser;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(() => browser?.close());
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  it.each([
    ['stereo.mp3', 'MP3'],
    ['mono.ogg', 'Ogg Vorbis'],
    ['mono.opus', 'Ogg Opus'],
  ])('%s is shown as any other', async (name, codec) => {
    const { page } = browser;
    const shown = await openSpectrogramPage(page, path.join(fixtures, name), { theme: 'dark', state: {} });
    try {
      await page.locator('.view[data-state=settled]').waitFor();
      expect(await page.locator('body').textContent()).toContain(codec);
      await takeScreenshot(page, `compressed-${name}`);
    } finally {
      await shown.dispose();
    }
  });
});

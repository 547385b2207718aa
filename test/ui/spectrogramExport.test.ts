import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';
import { makeChirp } from './support/madeRecordings.ts';
import { takeScreenshot } from './support/screenshots.ts';
import { openSpectrogramPage } from './support/spectrogramPage.ts';
import { themes } from './support/themeVariables.ts';

describe('taking things out of the spectrogram editor', () => {
  let browser: Browser;
  let folder: string;
  let chirp: string;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-export-'));
    chirp = path.join(folder, 'chirp.wav');
    fs.writeFileSync(chirp, makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    browser = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  const selected = { selection: { anchorSec: 1, headSec: 2.5 } };
  const settled = () => browser.page.locator('.view[data-state=settled]').waitFor();

  it.each(themes)('measures the selection and shows the header in the %s theme', async (theme) => {
    const { page } = browser;
    const shown = await openSpectrogramPage(page, chirp, { theme, state: selected });
    try {
      await settled();
      await page.locator('.stage').focus();
      await page.keyboard.press('e');
      const cell = (name: string) => page.locator('.figures tr', { hasText: name }).locator('td').first();
      await cell('RMS level').waitFor();
      expect(await cell('RMS level').textContent()).toMatch(/^−\d+\.\d dBFS$/);
      expect(await cell('Clipped samples').textContent()).toBe('0');
      expect(await page.locator('.figures caption').textContent()).toContain('0:01.000 – 0:02.500');
      expect(await page.locator('.chunk-id').allTextContents()).toEqual(['RIFF', 'fmt', 'data']);
      await page.locator('.tool-export').focus();
      await page.keyboard.press('ArrowDown');
      await takeScreenshot(page, `spectrogram-export-${theme}`);
    } finally {
      await shown.dispose();
    }
  });
});

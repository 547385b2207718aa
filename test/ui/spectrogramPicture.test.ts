import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';
import { makeChirp } from './support/madeRecordings.ts';
import { takeScreenshot } from './support/screenshots.ts';
import { openSpectrogramPage, type SpectrogramPage } from './support/spectrogramPage.ts';

describe('the picture of a recording', () => {
  let browser: Browser;
  let folder: string;
  let shown: SpectrogramPage | undefined;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-picture-'));
    fs.writeFileSync(path.join(folder, 'chirp.wav'), makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    browser = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await shown?.dispose();
    shown = undefined;
    expect(complaints.splice(0)).toEqual([]);
  });

  const settled = () => browser.page.locator('.view[data-state=settled]').waitFor();

  /** Settled, with this name on its button. */
  const named = async (name: string) => {
    await expect.poll(() => browser.page.locator('.tool-picture').textContent()).toBe(name);
    await settled();
  };

  it('has features of the user’s choice', async () => {
    const { page } = browser;
    shown = await openSpectrogramPage(page, path.join(folder, 'chirp.wav'), { theme: 'dark' });
    await settled();
    await page.locator('.tool-picture').click();
    await page.locator('#picture-what').selectOption('narrowBand');
    await named('Narrow band');
    expect(Number(await page.locator('.view').getAttribute('data-high-hz'))).toBeCloseTo(8003.9, 0);
    // The panel stays, and with it the focus.
    expect(await page.locator(':focus').getAttribute('id')).toBe('picture-what');
    await page.locator('#picture-hopMs').fill('50');
    await page.locator('#picture-hopMs').press('Tab');
    expect(await page.locator('#picture-hopMs-message').textContent()).toMatch(/^At most 40 ms/);
    expect(await page.locator('#picture-hopMs').getAttribute('aria-invalid')).toBe('true');
    await takeScreenshot(page, 'spectrogram-picture');
    await page.locator('#picture-hopMs').fill('5');
    await page.locator('#picture-scale').selectOption('bark');
    await named('Own settings');
    await page.locator('#picture-bands').fill('500');
    await page.locator('#picture-bands').press('Enter');
    expect(await page.locator('#picture-bands-message').textContent()).toMatch(/bands would lie between two bins/);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.picture-panel').isVisible()).toBe(false);
  });
});

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';
import { makeChirp } from './support/madeRecordings.ts';
import { takeScreenshot } from './support/screenshots.ts';
import { openSpectrogramPage, type SpectrogramPage } from './support/spectrogramPage.ts';
import type { Theme } from './support/themeVariables.ts';

describe('the spectrogram editor under the hand', () => {
  let browser: Browser;
  let folder: string;
  let shown: SpectrogramPage | undefined;
  const complaints: string[] = [];
  const open = async (name: string, state: object = {}, theme: Theme = 'dark') => {
    await shown?.dispose();
    shown = await openSpectrogramPage(browser.page, path.join(folder, name), { theme, state });
    await browser.page.locator('.view[data-state=settled]').waitFor();
  };
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-hand-'));
    fs.writeFileSync(path.join(folder, 'chirp.wav'), makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    browser = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await shown?.dispose();
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  it('shows a part of the frequencies, on the axis, in the picture and under the pointer', async () => {
    const { page } = browser;
    await open('chirp.wav', { bands: { low: 0.25, high: 0.5 }, viewport: { startSec: 0.5, endSec: 2.5 } });
    await takeScreenshot(page, 'hand-bands');
    const [lowHz, highHz] = await page.locator('.view').evaluate(({ dataset }) => [+dataset.lowHz!, +dataset.highHz!]);
    expect(lowHz).toBeGreaterThan(500);
    expect(highHz).toBeLessThan(2500);
    // The chirp is where its pitch is on the visible axis: the reading there is loud, and says that pitch.
    const box = (await page.locator('.spectrogram').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 1);
    const text = await page.locator('.band-tag').textContent();
    expect(text).toMatch(/kHz/);
    expect(Number.parseFloat(text!) * 1000).toBeCloseTo(highHz!, -2);
  });
});

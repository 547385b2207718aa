import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeChirp } from '../ui/support/madeRecordings.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { themes } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

describe('the spectrogram editor on a page of its own', () => {
  let browser: Browser;
  let folder: string;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-spectrogram-'));
    fs.writeFileSync(path.join(folder, 'chirp.wav'), makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    browser = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  it.each(themes)('shows words under the picture in the %s theme', async (theme) => {
    const { page } = browser;
    const transcript = { startSec: 0.5, endSec: 3, text: 'up and up', model: 'runs/one', words: [] as object[] };
    transcript.words = ['up', 'and', 'up'].map((text, i) => ({
      ...{ text, startSec: 0.6 + i * 0.8, endSec: 1.2 + i * 0.8, confidence: 0.9 - i * 0.3 },
    }));
    const shown = await openSpectrogramPage(page, path.join(folder, 'chirp.wav'), {
      theme,
      state: { transcripts: [transcript], cursorSec: 1 },
    });
    try {
      await page.locator('.view[data-state=settled]').waitFor();
      const stage = (await page.locator('.stage').boundingBox())!;
      const word = (await page.locator('.words .word').nth(1).boundingBox())!;
      expect(word.x).toBeCloseTo(stage.x + (1.4 / 4) * stage.width, 0);
      await takeScreenshot(page, `spectrogram-page-${theme}`);
    } finally {
      await shown.dispose();
    }
  });
});

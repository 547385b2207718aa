import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { makeChirp } from '../ui/support/madeRecordings.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSpectrogramPage, type SpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

describe('the picture of a recording', () => {
  let browser: Browser;
  let folder: string;
  let shown: SpectrogramPage | undefined;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-picture-'));
    fs.writeFileSync(path.join(folder, 'chirp.wav'), makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    fs.writeFileSync(path.join(folder, 'band.wav'), makeChannels(6));
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
    await browser.page.locator('.view .tool-picture', { hasText: name }).waitFor();
    await settled();
  };

  it('has features of the user’s choice', async () => {
    const { page } = browser;
    shown = await openSpectrogramPage(page, path.join(folder, 'chirp.wav'), { theme: 'dark' });
    await settled();
    await page.locator('.view .tool-picture').click();
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

  it('follows a recording that grows, goes away and comes back, where the user is in it', async () => {
    const { page } = browser;
    const file = path.join(folder, 'growing.wav');
    const whole = makeChirp({ durationSec: 6, fromHz: 150, toHz: 7000 });
    const header = whole.length - 6 * 32_000;
    new DataView(whole.buffer, whole.byteOffset).setUint32(header - 4, 0, true);
    fs.writeFileSync(file, whole.subarray(0, header + 3 * 32_000));
    shown = await openSpectrogramPage(page, file, {
      theme: 'dark',
      state: { viewport: { startSec: 1, endSec: 2 }, cursorSec: 1.5, gainDb: 5, colormap: 'grey-inverted' },
    });
    const view = page.locator('.view');
    const seen = async () => [await view.getAttribute('data-start-sec'), await view.getAttribute('data-end-sec')];
    const stage = page.locator('.stage');
    await settled();
    expect(await stage.getAttribute('aria-valuemax')).toBe('3.000');
    fs.appendFileSync(file, whole.subarray(header + 3 * 32_000));
    await shown.remote.changed();
    // The old picture stays until the new one is there.
    await expect.poll(() => page.locator('.view .stage').getAttribute('aria-valuemax')).toBe('6.000');
    await expect.poll(() => page.locator('.view-leaving').count()).toBe(0);
    expect(await seen()).toEqual(['1.0000', '2.0000']);
    fs.renameSync(file, `${file}.away`);
    await shown.remote.changed();
    await page.locator('.unreadable', { hasText: 'it is shown again once it is back' }).waitFor();
    await takeScreenshot(page, 'spectrogram-vanished');
    fs.renameSync(`${file}.away`, file);
    await shown.remote.changed();
    await settled();
    expect(await seen()).toEqual(['1.0000', '2.0000']);
    expect(await view.getAttribute('data-cursor-sec')).toBe('1.5000');
    expect(await page.locator('.status-cursor').textContent()).toMatch(
      /sample 24,000 +· +frame 150 +· .* +· +bin \d+ +· /,
    );
    await page.keyboard.press(']');
    await expect.poll(() => page.locator('.level-handle').first().getAttribute('aria-valuenow')).not.toBe(null);
    await page.locator('.view .tool-picture').click();
    await expect.poll(() => page.locator('#picture-gain').inputValue()).toBe('8');
    await takeScreenshot(page, 'spectrogram-inverted');
  });

  it('has the colours of the theme as soon as it changes', async () => {
    const { page } = browser;
    shown = await openSpectrogramPage(page, path.join(folder, 'chirp.wav'), { theme: 'dark' });
    // What is asked of a view that is not there yet is done once it is.
    await shown.remote.stretchShown(1, 2);
    await settled();
    await expect.poll(() => page.locator('.view').getAttribute('data-selection')).toBe('1.0000 2.0000');
    // The brightest pixel of the time axis is its text.
    const brightest = () =>
      page.evaluate(`(() => {
        const canvas = document.querySelector('.ruler');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return Math.max(...data.filter((_, i) => i % 4 === 0));
      })()`) as Promise<number>;
    await expect.poll(brightest, { timeout: 5000 }).toBeGreaterThan(100);
    await page.evaluate(`(() => {
      for (const name of ['foreground', 'editor-foreground', 'descriptionForeground'])
        document.documentElement.style.setProperty('--vscode-' + name, '#300000');
      document.body.className = 'vscode-light';
      document.body.dataset.vscodeThemeKind = 'vscode-light';
    })()`);
    await expect.poll(brightest, { timeout: 5000 }).toBeLessThan(0x60);
  });

  it('shows each channel in lanes of its own, and hears those that are not muted', async () => {
    const { page } = browser;
    shown = await openSpectrogramPage(page, path.join(folder, 'band.wav'), { theme: 'light' });
    await settled();
    await page.locator('vscode-dropdown').first().click();
    await page.locator('vscode-option', { hasText: 'Each channel in its lanes' }).click();
    await expect.poll(() => page.locator('.view .lanes .spectrogram').count()).toBe(6);
    await settled();
    // Times lie under the time axis, with the scrollbar of so many lanes or without.
    const stage = (await page.locator('.stage').boundingBox())!;
    const ruler = (await page.locator('.ruler').boundingBox())!;
    expect([stage.x, stage.width]).toEqual([ruler.x, ruler.width]);
    // Channel n has a tone of n kHz.
    const status = page.locator('.status-cursor');
    for (const lane of [0, 2]) {
      const box = (await page.locator('.view .lanes .spectrogram').nth(lane).boundingBox())!;
      let loudest = { db: Number.NEGATIVE_INFINITY, hz: 0 };
      for (let y = 1; y < box.height; y += 5) {
        await page.mouse.move(box.x + box.width / 2, box.y + y);
        const [, value, unit, db] = /([\d.]+) (k?)Hz.* (−?[\d.]+) dB/.exec((await shownText(status))!)!;
        const here = { db: Number(db!.replace('−', '-')), hz: Number(value) * (unit ? 1000 : 1) };
        if (here.db > loudest.db) loudest = here;
      }
      expect(Math.abs(loudest.hz - 1000 * (lane + 1)), `lane ${lane}`).toBeLessThan(300);
    }
    await page.locator('.lane-solo').nth(1).click();
    await expect.poll(() => page.locator('.waveform.silent').count()).toBe(5);
    await page.locator('.lane-muted').nth(1).click();
    await expect.poll(() => page.locator('.waveform.silent').count()).toBe(6);
    await page.locator('.lane-solo').nth(1).click();
    await expect.poll(() => page.locator('.waveform.silent').count()).toBe(1);
    await page.mouse.move(300, 400);
    await takeScreenshot(page, 'spectrogram-lanes');
  });
});

/** The status line a frame after the pointer has moved. */
const shownText = async (line: Locator) => {
  await line.page().waitForTimeout(40);
  return line.textContent();
};

/** One second; channel n, counted from 0, has a tone of n + 1 kHz. */
function makeChannels(count: number): Uint8Array {
  const tone = (hz: number) =>
    Float32Array.from({ length: 16_000 }, (_, i) => 0.4 * Math.sin((2 * Math.PI * hz * i) / 16_000));
  return writeWav(
    Array.from({ length: count }, (_, channel) => tone(1000 * (channel + 1))),
    16_000,
  );
}

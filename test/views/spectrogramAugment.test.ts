import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAugmentThread } from '../ui/support/augmentThread.ts';
import { makeChirp } from '../ui/support/madeRecordings.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { themes } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

const config = (augment: string) => `data: { train: [train.jsonl] }
text: { case: lower, keep: abcdefghijklmnopqrstuvwxyz }
seed: 4
augment: { ${augment} }
`;
const lively = 'speed: [0.9, 1.1], timeMasks: { count: 2, maxMs: 400 }, noise: { probability: 1 }, gainDb: [-6, 6]';
const still = 'speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 }';

describe('what training does to a clip', () => {
  let browser: Browser;
  let folder: string;
  let recording: string;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-augment-'));
    recording = path.join(folder, 'chirp.wav');
    fs.writeFileSync(recording, makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    fs.writeFileSync(path.join(folder, 'train.jsonl'), '{"audio_filepath": "chirp.wav", "text": "up"}\n');
    browser = await launchBrowser({ width: 900, height: 720 });
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  async function open(augment: string, dress: Parameters<typeof openSpectrogramPage>[2]) {
    const file = path.join(folder, 'x.asr.yaml');
    const thread = startAugmentThread(recording, [{ file, text: config(augment) }]);
    const view = await openSpectrogramPage(browser.page, recording, dress, thread.answers);
    await browser.page.locator('.view[data-state=settled]').waitFor();
    return async () => {
      await view.dispose();
      await thread.stop();
    };
  }

  it('is drawn epoch by epoch, told in words, and goes away again', async () => {
    const { page } = browser;
    const close = await open(lively, { theme: 'dark' });
    try {
      await page.locator('.tool-augment').press('Enter');
      const steps = page.locator('.augment-step');
      await steps.first().waitFor();
      expect(await page.locator('.augment-source').textContent()).toBe('x.asr.yaml · train.jsonl, line 1 · seed 4');
      const first = await steps.allTextContents();
      expect(first.join('\n')).toMatch(
        /^speed × (0\.9|1\.1)\nwhite noise at \d+\.\d dB\ngain [+−]\d\.\d dB\ntime mask /,
      );
      await page.locator('.augment').getByTitle('Epoch after').click();
      await page.waitForFunction(
        `[...document.querySelectorAll('.augment-step')].map((step) => step.textContent).join() !== ${JSON.stringify(first.join())} && document.querySelector('.augment-step')`,
      );
      expect(await page.locator('.augment-epoch').inputValue()).toBe('2');
      await page.locator('.augment').getByTitle('Epoch before').click();
      await page.waitForFunction(
        `[...document.querySelectorAll('.augment-step')].map((step) => step.textContent).join() === ${JSON.stringify(first.join())}`,
      );
      const mask = page.locator('.augment-mask').first();
      await mask.click();
      await page.locator('.view:not([data-selection=""])').waitFor();
      await page.locator('.augment-original').click();
      await page.locator('.augment-original[aria-pressed=true]').waitFor();
      await takeScreenshot(page, 'augment-original');
      await page.locator('.augment').getByTitle('Play without augmentation').click();
      await page.locator('.augmented .mark-playhead:not([hidden])').waitFor();
      await page.locator('.augment').getByTitle('Stop').click();
      await page.locator('.augment').getByTitle('Close the augmentation').click();
      await page.locator('.augment[hidden]').waitFor({ state: 'attached' });
      expect(await page.locator('.augmented').isVisible()).toBe(false);
    } finally {
      await close();
    }
  });

  it.each(themes)('comes back with the view in the %s theme', async (theme) => {
    const { page } = browser;
    const wide = theme === 'dark';
    await page.setViewportSize(wide ? { width: 900, height: 720 } : { width: 430, height: 720 });
    const close = await open(lively, { theme, state: { augment: { epoch: 3, side: 'augmented' } } });
    try {
      await page.locator('.augment-step').first().waitFor();
      await takeScreenshot(page, `augment-${theme}`);
    } finally {
      await close();
    }
  });

  it('explains itself where nothing is augmented', async () => {
    const { page } = browser;
    const close = await open(still, {
      theme: 'dark',
      language: 'zh-CN',
      state: { augment: { epoch: 1, side: 'plain' } },
    });
    try {
      await page.locator('.augment-note').getByText('x.asr.yaml 不做任何增强').waitFor();
    } finally {
      await close();
    }
  });
});

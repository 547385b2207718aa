import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { createRandom } from '../../src/shared/random.ts';
import { writeTalkativeCheckpoint } from '../talkativeModel.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSimulatorPage } from '../ui/support/simulatorPage.ts';
import { themes, themeVariables } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

/** Noise of changing colour between pauses. */
function noise(seconds: number): Float32Array {
  const random = createRandom('simulator');
  let smooth = 0;
  return Float32Array.from({ length: seconds * 16_000 }, (_, i) => {
    const part = Math.floor(i / 4800);
    smooth += (0.02 + 0.9 * ((part * 0.37) % 1)) * (random.normal() - smooth);
    return part % 7 > 3 ? 0 : 0.3 * smooth;
  });
}

describe('the streaming simulator', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const complaints: string[] = [];
  const file = (name: string) => path.join(folder, name);
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-streaming-'));
    fs.writeFileSync(file('noise.wav'), writeWav([noise(6)], 16_000));
    fs.writeFileSync(file('broken.wav'), 'no audio');
    await writeTalkativeCheckpoint(file('forward'), false);
    await writeTalkativeCheckpoint(file('both-ways'), true);
    browser = await launchBrowser();
    page = browser.page;
    page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const state = (wanted: string) => page.locator(`main[data-state="${wanted}"]`).waitFor({ timeout: 60_000 });
  const figure = (name: string) => page.locator('.figures > div', { hasText: name }).locator('dd').textContent();
  const fastest = {
    recording: null,
    model: null,
    settings: { chunkMs: 160, lookAheadMs: null, silenceMs: 300, speed: 0 },
  };

  it('plays a recording as it would be spoken, and says that nothing was lost', async () => {
    await page.setViewportSize({ width: 1000, height: 1300 });
    const given = { recording: file('noise.wav'), model: file('forward') };
    const { dispose } = await openSimulatorPage(page, 'dark', given, { state: fastest });
    // Keys before the page is there are nobody's.
    await state('empty');
    await page.keyboard.press('Control+Enter');
    await state('done');
    expect(await page.locator('.badge').textContent()).toBe('streaming');
    expect(await page.locator('.finals li').count()).toBeGreaterThan(1);
    expect(await page.locator('.difference').getByText('Both are the same.').count()).toBe(1);
    expect(await figure('WER against')).toBe('0 %');
    // 6 s in chunks of 160 ms, and the end.
    const histogram = page.locator('.bar-chart', { hasText: 'how often' });
    await histogram.locator('summary').click();
    const counts = await histogram.locator('tbody td:nth-child(2)').allTextContents();
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(39);
    await takeScreenshot(page, 'streaming-done-dark');
    dispose();
  });

  it('labels a model that reads both ways, with its differences, in every theme and width', async () => {
    await page.setViewportSize({ width: 1000, height: 1300 });
    const given = { recording: file('noise.wav'), model: file('both-ways') };
    const settings = { ...fastest.settings, lookAheadMs: 0 };
    const { dispose } = await openSimulatorPage(page, 'dark', given, { state: { ...fastest, settings } });
    await button('Start').click();
    await state('done');
    expect(await page.locator('.badge').textContent()).toBe('segmented');
    await page.getByRole('alert').getByText('model.rnn.bidirectional: false').waitFor();
    const differing = await page.locator('.pair:not(.match)').count();
    expect(differing).toBeGreaterThan(0);
    await page.locator('.difference summary').click();
    const kinds = await page.locator('.difference tbody td:nth-child(4)').allTextContents();
    expect(kinds.filter((kind) => kind !== '')).toHaveLength(differing);
    await page.locator('.difference summary').click();
    for (const [theme, width] of [...themes.map((name) => [name, 1000] as const), ['light', 350] as const]) {
      await page.setViewportSize({ width, height: 1300 });
      const { bodyClass, variables } = themeVariables(theme);
      const style = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value}`);
      await page.evaluate(
        `document.body.className = document.body.dataset.vscodeThemeKind = ${JSON.stringify(bodyClass)};
         document.documentElement.setAttribute('style', ${JSON.stringify(style.join('; '))})`,
      );
      const { height } = (await page.locator('.simulator').boundingBox())!;
      await page.setViewportSize({ width, height: Math.min(3000, Math.ceil(height) + 10) });
      await takeScreenshot(page, `streaming-${theme}-${width}`);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    }
    dispose();
  });

  it('stops at Escape, says what failed, and what to do at first', async () => {
    await page.setViewportSize({ width: 1000, height: 800 });
    const slow = { ...fastest, settings: { ...fastest.settings, speed: 1 } };
    const first = await openSimulatorPage(
      page,
      'dark',
      { recording: file('noise.wav'), model: file('forward') },
      { state: slow },
    );
    await page.getByRole('slider', { name: 'Chunk' }).press('ArrowRight');
    await page.getByText('180 ms').waitFor();
    await button('Start').click();
    await state('playing');
    await page.keyboard.press('Escape');
    await state('stopped');
    expect(first.ends).toEqual([{ state: 'stopped', message: '' }]);
    first.dispose();
    const broken = await openSimulatorPage(page, 'light', { recording: file('broken.wav'), model: file('forward') });
    await button('Start').click();
    await state('failed');
    await page.getByRole('alert').getByText('broken.wav').waitFor();
    await takeScreenshot(page, 'streaming-failed');
    broken.dispose();
    const { calls } = await openSimulatorPage(page, 'dark', { recording: null, model: null }, { language: 'zh-cn' });
    await button('选择模型').click();
    await expect.poll(() => calls).toEqual(['chooseModel']);
    await takeScreenshot(page, 'streaming-empty-chinese');
  });
});

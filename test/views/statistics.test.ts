import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { createRandom } from '../../src/shared/random.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openStatisticsPage } from '../ui/support/statisticsPage.ts';
import { themes } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

const words = 'go stop left right up down yes no zero one two three four five six seven eight nine'.split(' ');

/** Manifests of some speakers with a few recordings of different levels. */
function makeData(folder: string): { train: string; dev: string } {
  const random = createRandom('statistics page', 1);
  for (let i = 0; i < 12; i++) {
    const samples = Float32Array.from({ length: 4000 }, () => random.normal() * 10 ** (-1 - i / 6));
    fs.writeFileSync(path.join(folder, `${i}.wav`), writeWav([samples], 8000));
  }
  const write = (name: string, count: number, more: string[], speakers: string[]) => {
    const all = [...words, ...more];
    const lines = Array.from({ length: count }, (_, i) => {
      const text = Array.from({ length: 1 + random.below(8) }, () => all[random.below(all.length)]).join(' ');
      const duration = Number((text.length / (9 + 4 * random.next())).toFixed(2));
      const speaker = speakers[random.below(speakers.length)];
      return JSON.stringify({ audio_filepath: `${i % 12}.wav`, offset: i / 4000, duration, text, speaker });
    });
    const file = path.join(folder, name);
    fs.writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  };
  const speakers = Array.from({ length: 30 }, (_, i) => `speaker-${i}`);
  return {
    train: write('train.jsonl', 900, [], speakers.slice(5)),
    dev: write('dev.jsonl', 120, ['elephant', 'naïve'], speakers.slice(0, 5)),
  };
}

describe('the statistics of manifests', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let data: { train: string; dev: string };
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-statistics-'));
    data = makeData(folder);
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

  const cells = async (title: string) => {
    const row = page.locator('.overview tr', { has: page.getByRole('rowheader', { name: title, exact: true }) });
    return row.locator('td').allTextContents();
  };
  const chart = (title: string) => page.locator('.bar-chart', { hasText: title });

  it('stand side by side, each drawing with its numbers in a table', async () => {
    await openStatisticsPage(page, 'dark', [data.train, data.dev]);
    await page.locator('.overview').waitFor();
    expect(await page.locator('.overview thead bdi').allTextContents()).toEqual(['train.jsonl', 'dev.jsonl']);
    expect(await cells('Utterances')).toEqual(['900', '120']);
    expect(await cells('Speakers')).toEqual(['25', '5']);
    expect((await cells('Running words not in train.jsonl'))[0]).toBe('');
    for (const title of ['Lengths', 'Speech rate', 'Alphabet']) {
      await chart(title).locator('summary').click();
      await chart(title).locator('tbody tr').first().waitFor();
      const rows = await chart(title)
        .locator('tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => Number(cell.textContent))));
      const sums = [1, 2].map((column) => rows.reduce((sum, row) => sum + row[column]!, 0));
      if (title !== 'Alphabet') expect(sums, title).toEqual([900, 120]);
      expect(rows.length).toBeGreaterThan(3);
    }
  });

  it('lead from a bar to its lines, by keys too, and from a line to its recording', async () => {
    const { calls } = await openStatisticsPage(page, 'dark', [data.train, data.dev]);
    await page.locator('.overview').waitFor();
    const first = chart('Lengths').locator('.bar:not(:disabled)').first();
    await first.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const label = (await page.locator('.bar:focus').getAttribute('aria-label'))!;
    await page.keyboard.press('Enter');
    const title = page.locator('.line-list h3');
    const count = /: (\d+) in /.exec(label)![1]!;
    await expect.poll(() => title.textContent()).toMatch(new RegExp(`: ${count} lines$`));
    expect(await page.locator('.lines tbody tr').count()).toBe(Math.min(100, Number(count)));
    await page.locator('.line-actions vscode-button').nth(2).click();
    await expect
      .poll(() => calls.at(-1))
      .toEqual(['utteranceAction', expect.any(Number), expect.any(Number), 'showLine']);
    await page.getByRole('button', { name: 'elephant' }).first().click();
    await expect.poll(() => title.textContent()).toMatch(/^elephant in dev.jsonl: \d+ lines$/);
    for (const text of await page.locator('.lines .words').allTextContents()) expect(text).toContain('elephant');
  });

  it('turn pages', async () => {
    await openStatisticsPage(page, 'dark', [data.train]);
    await page.locator('.rank', { hasText: 'Most frequent words' }).getByRole('button').first().click();
    await page.getByText('1 to 100').waitFor();
    await page.locator('.pages vscode-button', { hasText: 'Later' }).click();
    await page.getByText('101 to 200').waitFor();
    await page.locator('.pages vscode-button', { hasText: 'Earlier' }).click();
    await page.getByText('1 to 100').waitFor();
  });

  it('hear a sample in the background, and say so', async () => {
    const { surveyed } = await openStatisticsPage(page, 'dark', [data.train, data.dev]);
    await surveyed();
    await expect.poll(() => chart('Levels').locator('.bar:not(:disabled)').count()).toBeGreaterThan(2);
    expect(await chart('Levels').textContent()).toContain('a sample, at most 400 recordings of each');
    await page.getByRole('button', { name: '8000 Hz, pcm-s16, 1 channel' }).first().waitFor();
  });

  it('keep names and words as text', async () => {
    const file = path.join(folder, 'x<img src=a onerror=alert(1)>.jsonl');
    const text = '<img src=x onerror="window.hurt=1">';
    fs.writeFileSync(file, `${JSON.stringify({ audio_filepath: '0.wav', text, duration: 1, speaker: text })}\n`);
    await openStatisticsPage(page, 'dark', [file]);
    await page.locator('.overview').waitFor();
    expect(await page.locator('img').count()).toBe(0);
  });

  it('name what cannot be read, and say what to do where there is nothing', async () => {
    const gone = path.join(folder, 'gone.jsonl');
    await openStatisticsPage(page, 'dark', [data.dev, gone]);
    await page.getByRole('alert').getByText('gone.jsonl: there is no such file').waitFor();
    await takeScreenshot(page, 'statistics-failure');
    const { calls } = await openStatisticsPage(page, 'dark', []);
    await page.getByText('No manifest is shown').waitFor();
    await takeScreenshot(page, 'statistics-empty');
    await page.getByRole('button', { name: 'Choose Manifests' }).click();
    await expect.poll(() => calls).toEqual([['chooseManifests']]);
  });

  it('speak Chinese', async () => {
    await openStatisticsPage(page, 'light', [data.train], 'zh-cn');
    await page.getByText('概览').waitFor();
  });

  it.each([...themes.map((theme) => ({ theme, width: 1000 })), { theme: 'dark' as const, width: 350 }])(
    'fit into $width px in the $theme theme',
    async ({ theme, width }) => {
      await page.setViewportSize({ width, height: 900 });
      const { surveyed } = await openStatisticsPage(page, theme, [data.train, data.dev]);
      await surveyed();
      await page.getByRole('button', { name: 'elephant' }).first().click();
      await page.locator('.lines').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      const { height } = (await page.locator('.statistics').boundingBox())!;
      await page.setViewportSize({ width, height: Math.min(3000, Math.ceil(height) + 20) });
      await takeScreenshot(page, `statistics-${theme}-${width}`);
    },
  );
});

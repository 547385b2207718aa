import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { alignTranscript } from '../../src/asr/alignTranscript.ts';
import type { OpenedTranscripts, TranscriptItem } from '../../src/shared/protocol/transcripts.ts';
import { toneWav } from '../toneModel.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { themes } from '../ui/support/themeVariables.ts';
import { openTranscriptsPage } from '../ui/support/transcriptsPage.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

const said = (text: string) =>
  text
    .split(' ')
    .map((word, i) => ({ text: word, startSec: 0.3 * i, endSec: 0.3 * i + 0.25, confidence: i % 3 ? 0.97 : 0.4 }));

function item(index: number, reference: string, heard: string, change: Partial<TranscriptItem> = {}): TranscriptItem {
  const words = heard === '' ? [] : said(heard);
  const endSec = 0.3 * words.length + 0.2;
  const aligned = alignTranscript(reference, words, { case: 'upper' }, { startSec: 0, endSec });
  const compared = reference === '' ? {} : { errors: aligned.errors };
  const pairs = reference === '' ? aligned.pairs.map((pair) => ({ ...pair, kind: 'heard' as const })) : aligned.pairs;
  return {
    ...{ index, name: `dev.jsonl:${index + 1}`, recording: `an4/wav/fcaw/an406-${index}.wav`, state: 'done' },
    ...{ startSec: 0, endSec, text: heard, pairs, ...compared, line: reference === '' ? 'empty' : 'filled' },
    ...{ inserted: false, ...change },
  };
}

const items = [
  item(0, 'RUBOUT G M E F THREE NINE', 'RUBOUT G M E F THREE NINE'),
  item(1, 'enter six hundred and twenty one', 'ENTER SIX TWENTY ONE ONE', { inserted: true }),
  item(2, 'OCTOBER TWENTY FOUR NINETEEN SEVENTY', 'OCTOBER TWENTY FOUR NINETY SEVENTY', { focus: 3 }),
  item(3, '', 'YES'),
  item(4, 'NO', ''),
  item(5, 'GO', '', {
    ...{ state: 'failed', pairs: [], message: 'there is no file /data/an4/wav/fcaw/an406-fcaw-b.wav' },
  }),
];
const opened: OpenedTranscripts = {
  model: { name: 'an4-20261125T190301Z', path: '/w/runs/an4-20261125T190301Z' },
  items,
  progress: { running: false, done: 6, total: 6, share: 0 },
};

describe('transcripts beside their references', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let recording: string;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-transcripts-'));
    recording = path.join(folder, 'a.wav');
    fs.writeFileSync(recording, toneWav(['seven', 'two', 'seven', 'nine', 'two', 'seven', 'two']));
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
  const open = (
    theme: (typeof themes)[number] = 'dark',
    content: OpenedTranscripts | Error = opened,
    language = 'en',
  ) => openTranscriptsPage(page, theme, content, recording, language);

  it('say what was substituted, deleted and inserted, of each and of all', async () => {
    await open();
    const row = page.getByRole('row', { name: /dev\.jsonl:2/ });
    await row.waitFor();
    const names = await row.locator('.pair').evaluateAll((all) => all.map((word) => word.getAttribute('aria-label')!));
    expect(names.map((name) => name.split(',')[0])).toEqual([
      ...['ENTER', 'SIX', 'hundred was not heard', 'and was not heard', 'TWENTY', 'ONE was inserted', 'ONE'],
    ]);
    expect(await row.locator('.number').textContent()).toBe('50.0 %');
    // 3 errors of line 2, one of line 3 and one of line 5, in 7 + 6 + 5 + 1 words.
    expect(await page.locator('.overall').textContent()).toContain('WER 26.3 % (5 errors in 19 words: 1 substituted');
    expect(await page.locator('.overall').textContent()).toContain('1 could not be transcribed');
    expect(await page.getByText('there is no file').count()).toBe(1);
  });

  it('play a word, go from word to word by keys, and open one in the spectrogram', async () => {
    const { calls } = await open();
    await page.locator('.pair-asked:focus').waitFor();
    // The word that was asked for is heard at once, and a little around it.
    await expect
      .poll(() => calls.find(([call]) => call === 'samples'))
      .toEqual(['samples', 2, 6400, expect.any(Number)]);
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.pair:focus').getAttribute('aria-label')).toMatch(/^SEVENTY, 1\.20 to 1\.45 s/);
    calls.length = 0;
    await page.keyboard.press('Enter');
    await expect.poll(() => calls).toContainEqual(['samples', 2, 8960, expect.any(Number)]);
    await page.keyboard.press('o');
    await expect.poll(() => calls.at(-1)).toEqual(['itemAction', 2, 'openSpectrogram', 4]);
    await page.getByRole('button', { name: 'Replace the text of the line, dev.jsonl:1' }).click();
    await page.getByRole('button', { name: 'Put into the line, dev.jsonl:4' }).click();
    await expect
      .poll(() => calls.slice(-2))
      .toEqual([
        ['itemAction', 0, 'insert', -1],
        ['itemAction', 3, 'insert', -1],
      ]);
    // A row in Tab order: one word, then its buttons.
    expect(await page.locator('.pair[tabindex="0"]').count()).toBe(5);
  });

  it('show how far it is, and take cancelling', async () => {
    const going = items.map((one, index) => (index < 3 ? one : { ...one, state: 'waiting' as const, pairs: [] }));
    const { calls, view } = await open('light', {
      ...opened,
      items: going,
      progress: { running: true, done: 3, total: 6, share: 0 },
    });
    await page.getByText('3 of 6').waitFor();
    await takeScreenshot(page, 'transcripts-running');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => calls.at(-1)).toEqual(['requestAction', 'cancel']);
    await view.itemChanged({ ...going[3]!, state: 'done', pairs: items[3]!.pairs });
    await view.progressed({ running: false, done: 4, total: 6, share: 0 });
    await page.getByText('4 transcribed').waitFor();
    await page.getByRole('button', { name: 'Try Again' }).waitFor();
  });

  it('speak Chinese; say what went wrong; keep names as text', async () => {
    const hostile = { ...items[0]!, name: '<img src=x onerror=alert(1)>' };
    await open('light', { ...opened, items: [hostile, items[1]!] }, 'zh-cn');
    await page.getByText('13 个词中有 3 处错误').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    await open('dark', new Error('no answer'));
    await page.getByRole('alert').getByText('Something went wrong: no answer').waitFor();
    await open('dark', { ...opened, items: [] });
    await page.getByText('Nothing to transcribe').waitFor();
  });

  it.each([...themes.map((theme) => ({ theme, width: 1000 })), { theme: 'dark' as const, width: 350 }])(
    'fit into $width px in the $theme theme',
    async ({ theme, width }) => {
      await page.setViewportSize({ width, height: width < 500 ? 900 : 520 });
      await open(theme);
      await page.locator('.items').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await takeScreenshot(page, `transcripts-${theme}-${width}`);
    },
  );
});

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openAudio } from '../../src/dsp/audioFile.ts';
import { memorySource } from '../../src/dsp/byteSource.ts';
import { createLinkGroups, type LinkGroups } from '../../src/extension/features/spectrogram/links/linkGroups.ts';
import { compareClips } from '../../src/extension/features/spectrogram/worker/compareClips.ts';
import type { SpectrogramHost } from '../../src/shared/protocol/spectrogram.ts';
import { eventually } from '../eventually.ts';
import { linkedAnswers } from '../ui/support/linkedViews.ts';
import { makeChirp } from '../ui/support/madeRecordings.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSpectrogramPage, type SpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { themes } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

describe('recordings side by side', () => {
  let browser: Browser;
  let folder: string;
  let groups: LinkGroups;
  const complaints: string[] = [];
  const opened: SpectrogramPage[] = [];
  const pages: Page[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-compare-'));
    fs.writeFileSync(path.join(folder, 'long.wav'), makeChirp({ durationSec: 6, fromHz: 150, toHz: 7000 }));
    const short = makeChirp({ durationSec: 4, fromHz: 150, toHz: 3000 });
    fs.writeFileSync(path.join(folder, 'short.wav'), short);
    const before = Buffer.from(short.slice(0, short.length - 8000));
    before.fill(0, 44 + 2 * 19_744, 44 + 2 * 24_000);
    fs.writeFileSync(path.join(folder, 'before.wav'), before);
    groups = createLinkGroups(() => 'the pair');
    browser = await launchBrowser({ width: 700, height: 620 });
    pages.push(browser.page, await browser.context.newPage());
    await pages[1]!.setViewportSize({ width: 420, height: 620 });
    for (const page of pages) {
      page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    }
  });
  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const view of opened.splice(0)) await view.dispose();
    expect(complaints.splice(0)).toEqual([]);
  });

  const timeOf = async (page: Page) => {
    const { dataset } = await page
      .locator('.view')
      .evaluate((view) => ({ dataset: { ...(view as unknown as { dataset: Record<string, string> }).dataset } }));
    return {
      startSec: Number(dataset.startSec),
      endSec: Number(dataset.endSec),
      cursorSec: Number(dataset.cursorSec),
      selection: dataset.selection,
    };
  };
  const reaches = (page: Page, wanted: Partial<Awaited<ReturnType<typeof timeOf>>>) =>
    eventually(
      `${JSON.stringify(wanted)} in the other view`,
      async () => {
        const time = await timeOf(page);
        return Object.entries(wanted).every(([key, value]) => time[key as keyof typeof time] === value) || undefined;
      },
      10_000,
    );

  async function open(index: number, theme: (typeof themes)[number], more: Partial<SpectrogramHost> = {}) {
    const name = ['long.wav', 'short.wav'][index]!;
    const { member, answers, connectTo } = linkedAnswers(groups, name);
    const view = await openSpectrogramPage(pages[index]!, path.join(folder, name), { theme }, { ...answers, ...more });
    connectTo(view.remote);
    await pages[index]!.locator('.view[data-state=settled]').waitFor();
    opened.push(view);
    return member;
  }

  it('shows the same time in both, whichever is moved, and does not drift', async () => {
    const [a, b] = pages as [Page, Page];
    groups.link([await open(0, 'dark'), await open(1, 'dark')]);
    // The shorter one leaves room for what the longer one has more.
    await reaches(b, { startSec: 0, endSec: 6 });
    for (const key of ['End', 'ArrowLeft', '+', '+', 'Shift+ArrowLeft']) await a.locator('.stage').press(key);
    await eventually('a selection', async () => (await timeOf(a)).selection || undefined);
    const there = await timeOf(a);
    await reaches(b, { startSec: there.startSec, endSec: there.endSec, cursorSec: 4 });
    await takeScreenshot(a, 'compare-wide');
    for (const key of ['Home', 'f']) await b.locator('.stage').press(key);
    await reaches(a, { startSec: 0, endSec: 6, cursorSec: 0 });
    for (let i = 0; i < 24; i++) await (i % 2 ? a : b).locator('.stage').press(i % 3 ? '+' : '-');
    const settled = await eventually('one time in both', async () => {
      const [first, second] = [await timeOf(a), await timeOf(b)];
      return first.startSec === second.startSec && first.endSec === second.endSec ? first : undefined;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await timeOf(a)).toEqual(settled);
    expect(await timeOf(b)).toMatchObject({ startSec: settled.startSec, endSec: settled.endSec });

    // What is heard in one is pointed at in the other, and no longer when it stops.
    await a.locator('.stage').press(' ');
    await b.locator('.linked-playhead:not([hidden])').waitFor();
    await a.locator('.stage').press('Escape');
    await b.locator('.linked-playhead[hidden]').waitFor({ state: 'attached' });

    // Apart, each cursor is put where the same thing is heard.
    await a.locator('.tool-link').press('Enter');
    await b.locator('.compare-buttons').getByText('Align cursors').waitFor();
    await b.locator('.stage').press('Home');
    await a.locator('.stage').press('End');
    await reaches(b, { cursorSec: 0 });
    await reaches(a, { cursorSec: 6 });
    await b.locator('.compare-buttons').getByText('Align cursors').click();
    await b.locator('.compare-shift').getByText('moved by −6.000 s').waitFor();
    await a.locator('.stage').press('f');
    await reaches(b, { startSec: -6, endSec: 4 });
    await takeScreenshot(b, 'compare-shifted');
    await b.locator('.compare-buttons').getByText('Undo the shift').click();
    await reaches(a, { cursorSec: 0 });
  });

  it.each(themes)('says in a narrow view of the %s theme what it is linked with', async (theme) => {
    const page = pages[1]!;
    const sized = (name: string) => {
      const bytes = fs.readFileSync(path.join(folder, name));
      return openAudio(memorySource(bytes)).then((clip) => ({ clip, sizeBytes: bytes.length }));
    };
    const compared = await compareClips(await sized('before.wav'), await sized('short.wav'), async () => {});
    await open(1, theme, { difference: async () => ({ other: 'short.wav', version: 'earlier', ...compared }) });
    const link = { group: 'g', linked: true, offsetSec: 0.25, shiftSec: 0.25, reach: { startSec: -0.25, endSec: 5 } };
    await opened[0]!.remote.linkChanged(false, { ...link, partners: ['short.wav (HEAD)'] });
    await page.locator('.compare:not([hidden])').waitFor();
    expect(await page.locator('.tool-link').getAttribute('aria-pressed')).toBe('true');
    await page.locator('.compare-place').getByText('first differing sample at 0:01.234').click();
    await reaches(page, { cursorSec: 1.234 });
    await takeScreenshot(page, `compare-narrow-${theme}`);
  });
});

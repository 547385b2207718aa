import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { eventually } from '../../eventually.ts';
import { type Browser, launchBrowser } from '../../vscode/harness/browser.ts';
import { type AnnotatedRecording, annotate, tierOf, words } from './annotatedPage.ts';
import { makeChirp } from './madeRecordings.ts';
import { openSpectrogramPage, type SpectrogramPage } from './spectrogramPage.ts';
import type { ViewDress } from './viewPage.ts';

export const durationSec = 4;
export const sentence = ['the', 'quick', 'brown', 'fox', 'jumps', 'over', 'lazy'];

/** A page with a recording and its rows for the tests of a suite, and what they do there. */
export function useTiersPage() {
  let launched: Browser;
  const browser = {
    get page() {
      return launched.page;
    },
  };
  let folder: string;
  let shown: SpectrogramPage | undefined;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-tiers-'));
    fs.writeFileSync(path.join(folder, 'chirp.wav'), makeChirp({ durationSec, fromHz: 150, toHz: 7000 }));
    launched = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await launched?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await shown?.dispose();
    shown = undefined;
    expect(complaints.splice(0)).toEqual([]);
  });

  const open = async (recording: AnnotatedRecording, dress: Partial<ViewDress> = {}) => {
    const file = path.join(folder, 'chirp.wav');
    shown = await openSpectrogramPage(browser.page, file, { theme: 'dark', ...dress }, recording.answers);
    recording.attach(shown.remote);
    await browser.page.locator('.view[data-state=settled]').waitFor();
  };
  const spoken = () =>
    annotate(durationSec, [
      tierOf('words', 'reference', words(sentence)),
      tierOf('labels', 'labels', [{ id: 1, startSec: 1, endSec: 1.5, text: 'cough' }]),
    ]);
  const px = async (sec: number) => {
    const stage = (await browser.page.locator('.stage').boundingBox())!;
    return stage.x + (sec / durationSec) * stage.width;
  };
  const row = async (tier: number) => {
    const box = (await browser.page.locator('.tier-body').nth(tier).boundingBox())!;
    return box.y + 13;
  };
  const drag = async (tier: number, fromSec: number, toSec: number) => {
    const { mouse } = browser.page;
    await mouse.move(await px(fromSec), await row(tier));
    await mouse.down();
    await mouse.move(await px((fromSec + toSec) / 2), await row(tier), { steps: 3 });
    await mouse.move(await px(toSec), await row(tier), { steps: 3 });
    await mouse.up();
  };
  const item = (text: string): Locator => browser.page.locator('.tier-item', { hasText: text });
  const itemsOf = (recording: AnnotatedRecording, tier: number) => recording.document.tiers[tier]!.items;
  const edited = (recording: AnnotatedRecording, count: number) =>
    eventually(`${count} edits`, async () => recording.edits.length === count || undefined, 5000);
  const view = () => shown!.remote;
  return { browser, open, spoken, px, row, drag, item, itemsOf, edited, view };
}

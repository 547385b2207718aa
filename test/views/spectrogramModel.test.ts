import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SpectrogramHost } from '../../src/shared/protocol/spectrogram.ts';
import type { AnnotationTier } from '../../src/shared/protocol/spectrogramAnnotations.ts';
import { type ToneWord, toneModel, toneWav } from '../toneModel.ts';
import { type ListeningHost, startListening } from '../ui/support/listeningHost.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSpectrogramPage, type SpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { type Theme, themes } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

/** Letters of a language of tones, 0.3 s each from 0.1 s on; the first tone is the space between words. */
const toneOf: Record<string, ToneWord> = { ' ': 'seven', a: 'two', b: 'nine', c: 'o"clock', d: 'été' };
const said = 'ab cd a d';
const letterSec = (index: number) => 0.2 + 0.3 * index;

/** A real model behind the real engine, whose answers are known: what it hears is `said`. */
describe('what a model hears, in the spectrogram editor', () => {
  let browser: Browser;
  let folder: string;
  let host: ListeningHost | undefined;
  let shown: SpectrogramPage | undefined;
  const complaints: string[] = [];
  const file = (name: string) => path.join(folder, name);
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-model-'));
    fs.writeFileSync(file('letters.onnx'), await toneModel([' ', 'a', 'b', 'c', 'd'], ''));
    fs.writeFileSync(file('said.wav'), toneWav([...said].map((letter) => toneOf[letter]!)));
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
    host?.dispose();
    [shown, host] = [undefined, undefined];
    expect(complaints.splice(0)).toEqual([]);
  });

  const tier = (text: string): AnnotationTier => ({
    ...{ id: 'one', name: 'said.txt', role: 'reference', kind: 'interval', file: 'said.txt', format: 'text' },
    can: { text: true, times: true, items: true },
    items: [{ id: 1, startSec: 0, endSec: 2.8, text }],
  });
  const open = async (
    state: object,
    reference?: string,
    answers: Partial<SpectrogramHost> = {},
    theme: Theme = 'dark',
  ) => {
    host = startListening(file('letters.onnx'), file('said.wav'), () => shown?.remote);
    shown = await openSpectrogramPage(
      browser.page,
      file('said.wav'),
      { theme, state },
      {
        ...host.answers,
        annotations: async () => ({
          ...{ version: 1, dirty: false, problems: [], tiers: reference === undefined ? [] : [tier(reference)] },
        }),
        ...answers,
      },
    );
    await browser.page.locator('.view[data-state=settled]').waitFor();
  };
  const at = (name: string) => browser.page.locator(name);
  const focused = (key: string) => browser.page.evaluate(`document.activeElement.${key}`);
  const choose = async (lane: string) => {
    await at('.lanes-menu').first().click();
    await browser.page.getByRole('menuitemcheckbox', { name: lane }).click();
    await browser.page.keyboard.press('Escape');
  };
  const cursorTo = async (sec: number) => {
    const lane = (await at('.posteriors .track-body').boundingBox())!;
    await browser.page.mouse.click(lane.x + (sec / 2.8) * lane.width, lane.y + 20);
  };

  it.each(themes)(
    'asks when a lane is shown, and shows words, alignment and probabilities in the %s theme',
    async (theme) => {
      await open({ details: theme === 'light' }, 'ab dd cc a', {}, theme);
      await choose('Probabilities');
      await at('.posteriors:not([hidden])').waitFor();
      await choose('Alignment');
      // Nothing is asked twice.
      expect(host!.asked.filter((call) => call === 'inspect')).toHaveLength(1);
      await at('.aligned-word').first().waitFor();
      expect(await at('.aligned-word').allTextContents()).toEqual(['ab', 'dd', 'cc', 'a']);
      expect((await at('.token').allTextContents()).join('')).toBe('abddcca');
      expect(await at('.heard').evaluateAll((all) => all.map((one) => one.className))).toEqual([
        ...['heard match', 'heard deletion', 'heard substitution', 'heard match', 'heard insertion'],
      ]);
      expect(await at('.words .word').allTextContents()).toEqual(['ab', 'cd', 'a', 'd']);
      expect(await at('.words .track-note').textContent()).toBe('WER 75\u00a0%');
      for (const [i, letter] of [...said].entries()) {
        await cursorTo(letterSec(i));
        await at(`.status-units:has-text("${letter === ' ' ? 'space' : letter} ")`).waitFor();
      }
      if (theme === 'light') {
        // The same as tables.
        const rows = await at('.model-details tr').allTextContents();
        for (const row of ['ab', 'dd–', 'cccd', '–d'])
          expect(
            rows.some((one) => one.startsWith(row)),
            row,
          ).toBe(true);
        expect(rows.some((one) => one.startsWith('d100'))).toBe(true);
      }
      const asked = [...host!.asked];
      await choose('Speech');
      await at('.speech:not([hidden])').waitFor();
      await at('.speech-share').waitFor({ state: 'hidden' });
      // The voice detector needs no model. Tones are no speech to it, or one long sound.
      expect(await at('.speech-segment').count()).toBeLessThan(4);
      expect(host!.asked).toEqual(asked);
      await takeScreenshot(browser.page, `spectrogram-model-${theme}`);
    },
  );

  it('plays and selects words, goes from word to word by keys, and finds again what the extension has kept', async () => {
    await open({ lanes: { words: true, alignment: true, posteriors: false, speech: false } }, said);
    await at('.model-said vscode-button').click();
    await at('.words .word').first().waitFor();
    await at('.heard').nth(0).focus();
    await browser.page.keyboard.press('ArrowRight');
    await browser.page.keyboard.press('ArrowRight');
    expect(await focused('textContent')).toBe('a');
    await browser.page.keyboard.press('Enter');
    const selection = (await at('.view').getAttribute('data-selection'))!.split(' ').map(Number);
    expect(selection[0]).toBeCloseTo(letterSec(6) - 0.1, 1);
    expect(selection[1]).toBeCloseTo(letterSec(6) + 0.1, 1);
    await browser.page.keyboard.press('End');
    expect(await focused('textContent')).toBe('d');
    // The track is one stop of the Tab key.
    await browser.page.keyboard.press('Tab');
    expect(await focused('className')).toBe('aligned-word');
    await browser.page.keyboard.press('Escape');
    expect(await focused('className')).toBe('stage');
    // Probabilities are pulled only while they are looked at.
    expect(host!.asked).toEqual(['inspect']);
    await choose('Probabilities');
    await at('.status-units:has-text("blank")').waitFor();
    expect(host!.asked).toEqual(['inspect', 'posteriors']);
    // Another channel, or a view that was hidden: the page is built anew.
    await at('.view').evaluate((view) => view.setAttribute('data-old', ''));
    await shown!.remote.changed();
    await at('.view:not([data-old]) .status-units:has-text("blank")').waitFor();
    expect(await at('.view:not([data-old]) .aligned-word').allTextContents()).toEqual(['ab', 'cd', 'a', 'd']);
    expect(host!.asked.filter((call) => call === 'inspect')).toHaveLength(1);
  });

  it('tells how far it is, can be cancelled, and says what to do without a model', async () => {
    const cancelled: number[] = [];
    const run: string[] = [];
    const message = 'There is no trained model in this workspace yet: run "ASR: Train" first.';
    await open({}, undefined, {
      inspect: async (request) => {
        void shown!.remote.inspectionAdvanced(request, 0.4);
        if (cancelled.length === 0) return new Promise(() => {});
        return {
          ...{ ok: false, message },
          actions: [
            { action: 'train', title: 'Train a Model' },
            { action: 'chooseModel', title: 'Choose a Model' },
          ],
        };
      },
      cancelInspection: (request) => void cancelled.push(request),
      runAction: (action) => void run.push(action),
    });
    await choose('Alignment');
    await at('.model-said:has-text("40 %")').waitFor();
    await takeScreenshot(browser.page, 'spectrogram-model-progress');
    await at('.stage').focus();
    await browser.page.keyboard.press('Escape');
    await at('.model-said:has-text("has not listened")').waitFor();
    await browser.page.setViewportSize({ width: 420, height: 800 });
    await browser.page.getByRole('button', { name: 'Look into what is seen' }).click();
    await at(`.model-said:has-text("no trained model")`).waitFor();
    await takeScreenshot(browser.page, 'spectrogram-model-none-narrow');
    await browser.page.getByRole('button', { name: 'Choose a Model' }).click();
    await browser.page.getByRole('button', { name: 'Train a Model' }).click();
    expect(run).toEqual(['chooseModel', 'train']);
    await browser.page.setViewportSize({ width: 1280, height: 800 });
  });
});

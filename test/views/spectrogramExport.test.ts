import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SpectrogramHost } from '../../src/shared/protocol/spectrogram.ts';
import { pictureChunkBytes } from '../../src/shared/protocol/spectrogramOut.ts';
import { makeChirp } from '../ui/support/madeRecordings.ts';
import { type Picture, readPng } from '../ui/support/png.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { themes } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

const pictures = path.join(import.meta.dirname, '../../out/screenshots');

/** Share of pixels that are clearly not the same. */
function differingShare(one: Picture, other: Picture): number {
  let differing = 0;
  for (let y = 0; y < one.height; y++)
    for (let x = 0; x < one.width; x++) if (Math.abs(one.luminance(x, y) - other.luminance(x, y)) > 48) differing++;
  return differing / (one.width * one.height);
}

interface FoundSvg {
  error: number;
  size: number[];
  texts: string[];
  lines: number;
  images: string[];
}

/** What a browser finds in an SVG file. */
const readSvg = `(source) => {
  const parsed = new DOMParser().parseFromString(source, 'image/svg+xml');
  const all = (tag) => [...parsed.getElementsByTagName(tag)];
  return {
    error: all('parsererror').length,
    size: ['width', 'height'].map((side) => Number(parsed.documentElement.getAttribute(side))),
    texts: all('text').map((one) => one.textContent),
    lines: all('path').length,
    images: all('image').map((one) => one.getAttribute('href').slice(0, 22)),
  };
}`;

describe('taking things out of the spectrogram editor', () => {
  let browser: Browser;
  let folder: string;
  let chirp: string;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-export-'));
    chirp = path.join(folder, 'chirp.wav');
    fs.writeFileSync(chirp, makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    browser = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  const selected = { selection: { anchorSec: 1, headSec: 2.5 } };
  const settled = () => browser.page.locator('.view[data-state=settled]').waitFor();

  const choose = async (name: string) => {
    await browser.page.locator('.tool-export').click();
    await browser.page.locator('.menu-row', { hasText: name }).click();
  };
  /** Takes the pieces that a view sends, as the extension does. */
  const receiver = () => {
    let pieces: Buffer[] = [];
    let whole = (_: Buffer) => {};
    const answers: Partial<SpectrogramHost> = {
      beginPicture: async (form) => ({ picture: 1, form }),
      async addToPicture(_, bytes) {
        expect(bytes.byteLength).toBeLessThanOrEqual(pictureChunkBytes);
        pieces.push(Buffer.from(bytes));
      },
      async endPicture() {
        whole(Buffer.concat(pieces));
        return 'picture';
      },
    };
    const next = () => {
      pieces = [];
      return new Promise<Buffer>((resolve) => {
        whole = resolve;
      });
    };
    return { answers, next };
  };
  const hostileWords = ['</text><script>complain()</script>', '&#0; <![CDATA[ "x" ]]>', '\u202egnp\u0007', 'plain'].map(
    (text, i) => ({ text, startSec: 0.2 + i, endSec: 1 + i, confidence: 0.9 }),
  );
  const transcripts = [{ startSec: 0, endSec: 4, text: 'hostile', model: 'runs/one', words: hostileWords }];

  it.each(['dark', 'light'] as const)('draws what is seen as PNG and as SVG in the %s theme', async (theme) => {
    const { page } = browser;
    const name = path.join(folder, 'a <b> & "c".wav');
    fs.copyFileSync(chirp, name);
    const { answers, next } = receiver();
    const shown = await openSpectrogramPage(page, name, { theme, state: { ...selected, transcripts } }, answers);
    const results: Buffer[] = [];
    try {
      await settled();
      for (const form of ['PNG', 'SVG']) {
        const coming = next();
        await choose(`Save as ${form}`);
        results.push(await coming);
      }
    } finally {
      await shown.dispose();
    }
    const [png, svg] = results as [Buffer, Buffer];
    fs.mkdirSync(pictures, { recursive: true });
    fs.writeFileSync(path.join(pictures, `export-${theme}.png`), png);
    fs.writeFileSync(path.join(pictures, `export-${theme}.svg`), svg);
    const picture = readPng(png);
    expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    const text = svg.toString('utf8');
    expect(text).not.toContain('<script');
    const found = (await page.evaluate(`(${readSvg})(${JSON.stringify(text)})`)) as FoundSvg;
    expect(found.error).toBe(0);
    expect(found.size.map(Math.round)).toEqual([picture.width, picture.height]);
    for (const word of ['a <b> & "c".wav', '0:01.0', 'dB', 'plain']) expect(found.texts).toContain(word);
    expect(found.texts.some((one) => /^\d+ kHz$/.test(one))).toBe(true);
    expect(found.texts.join()).toContain('</text><scr');
    expect(found.lines).toBeGreaterThan(2);
    expect(new Set(found.images)).toEqual(new Set(['data:image/png;base64,']));
    // Both are the same picture.
    await page.setContent(`<body style="margin:0"><img src="data:image/svg+xml;base64,${svg.toString('base64')}">`);
    await page.evaluate(`document.querySelector('img').decode()`);
    const rendered = readPng(
      await page.locator('img').screenshot({ path: path.join(pictures, `export-${theme}-svg.png`) }),
    );
    expect(differingShare(rendered, picture)).toBeLessThan(0.02);
  });

  it.each(themes)('measures the selection and shows the header in the %s theme', async (theme) => {
    const { page } = browser;
    const shown = await openSpectrogramPage(page, chirp, { theme, state: selected });
    try {
      await settled();
      await page.locator('.stage').focus();
      await page.keyboard.press('e');
      const cell = (name: string) => page.locator('.figures tr', { hasText: name }).locator('td').first();
      await cell('RMS level').waitFor();
      expect(await cell('RMS level').textContent()).toMatch(/^−\d+\.\d dBFS$/);
      expect(await cell('Clipped samples').textContent()).toBe('0');
      expect(await page.locator('.figures caption').textContent()).toContain('0:01.000 – 0:02.500');
      expect(await page.locator('.chunk-id').allTextContents()).toEqual(['RIFF', 'fmt', 'data']);
      await page.locator('.tool-export').focus();
      await page.keyboard.press('ArrowDown');
      await takeScreenshot(page, `spectrogram-export-${theme}`);
    } finally {
      await shown.dispose();
    }
  });

  it('shows the header of a file that cannot be shown, its text as text', async () => {
    const { page } = browser;
    const broken = path.join(folder, 'broken.wav');
    const tag = Buffer.from('LIST\0\0\0\0INFOINAM\0\0\0\0<img src=x onerror=complain()>\x07\u202e', 'latin1');
    tag.writeUInt32LE(tag.length - 8, 4);
    tag.writeUInt32LE(tag.length - 20, 16);
    const bytes = Buffer.concat([makeChirp({ durationSec: 1, fromHz: 100, toHz: 200 }).subarray(0, 36), tag]);
    fs.writeFileSync(broken, bytes);
    const shown = await openSpectrogramPage(page, broken, { theme: 'dark' });
    try {
      await page.locator('.unreadable summary').click();
      await page.locator('.chunk-id').first().waitFor();
      expect(await page.locator('.chunk-id').allTextContents()).toEqual(['RIFF', 'fmt', 'LIST INFO']);
      const title = page.locator('.chunk', { hasText: 'LIST INFO' }).locator('td');
      expect(await title.textContent()).toBe('<img src=x onerror=complain()>\\x07.');
      expect(await page.locator('img').count()).toBe(0);
      await takeScreenshot(page, 'spectrogram-header-unreadable');
    } finally {
      await shown.dispose();
    }
  });

  it('adds a stretch to a manifest with what is said in it, in a narrow window in Chinese', async () => {
    const { page } = browser;
    await page.setViewportSize({ width: 420, height: 800 });
    const added: unknown[][] = [];
    const answers = { addToManifest: async (...given: unknown[]) => void added.push(given) };
    const shown = await openSpectrogramPage(
      page,
      chirp,
      { theme: 'light', language: 'zh-CN', state: { ...selected, transcripts } },
      answers,
    );
    try {
      await settled();
      await page.locator('.stage').focus();
      await page.keyboard.press('e');
      await page.locator('.figures td').first().waitFor();
      await takeScreenshot(page, 'spectrogram-export-narrow');
      await choose('添加到清单');
      expect(await page.locator('.manifest-text').inputValue()).toBe(hostileWords[1]!.text);
      await takeScreenshot(page, 'spectrogram-manifest-form');
      await page.keyboard.type('one two');
      await page.keyboard.press('Control+Enter');
      await page.locator('.manifest-form').waitFor({ state: 'detached' });
      expect(added).toEqual([[1, 2.5, 'one two']]);
    } finally {
      await shown.dispose();
      await page.setViewportSize({ width: 1400, height: 900 });
    }
  });
});

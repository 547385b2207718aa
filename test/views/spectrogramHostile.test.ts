import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { visibleText } from '../../src/dsp/header/visibleText.ts';
import type { OpenedClip } from '../../src/shared/protocol/spectrogram.ts';
import type { AnnotationSet } from '../../src/shared/protocol/spectrogramAnnotations.ts';
import { hostileTexts } from '../hostileTexts.ts';
import { makeChirp } from '../ui/support/madeRecordings.ts';
import { openSpectrogramPage, type SpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

const durationSec = 10;
const perRound = 25;

describe('the spectrogram view among hostile texts and messages', () => {
  let browser: Browser;
  let folder: string;
  let shown: SpectrogramPage;
  /** What the next opening of the recording says. */
  let texts: string[] = [];
  let readable = true;
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-hostile-'));
    fs.writeFileSync(path.join(folder, 'chirp.wav'), makeChirp({ durationSec, fromHz: 150, toHz: 7000 }));
    browser = await launchBrowser();
    const { page } = browser;
    page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('dialog', (dialog) => {
      complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => requests.push(request.url()));
    texts = plainTexts(perRound);
    const opened = (clip: OpenedClip): OpenedClip => {
      const problems = texts.map(
        (message, i) => ({ code: message, severity: i % 2 ? 'info' : 'warning', message }) as const,
      );
      if (!readable) return { readable: false, name: texts.join(' '), sizeBytes: 1, problems };
      return clip.readable ? { ...clip, name: texts.join(' '), problems } : clip;
    };
    shown = await openSpectrogramPage(
      page,
      path.join(folder, 'chirp.wav'),
      { theme: 'dark', state: { details: true, transcripts: [transcriptOf(texts)], cursorSec: 1 } },
      {
        annotations: async () => annotationsOf(texts),
        transcribe: async () => ({
          ok: false,
          message: texts.join(' '),
          actions: [{ action: 'train', title: texts[0]! }],
        }),
      },
      opened,
    );
    await page.locator('.view[data-state=settled]').waitFor();
  });
  afterAll(async () => {
    await shown?.dispose();
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(complaints.splice(0)).toEqual([]);
    expect(requests.filter((url) => !/^(about|data):/.test(url))).toEqual([]);
  });

  const reopen = async (some: string[]) => {
    texts = some;
    await shown.remote.changed();
    await shown.remote.annotationsChanged(annotationsOf(some));
    await browser.page.waitForFunction(`document.body.textContent.includes(${JSON.stringify(some.at(-1))})`);
  };

  it.each([true, false])('shows 200 of them as text, in a recording that can be read: %s', async (can) => {
    const { page } = browser;
    readable = can;
    await reopen(plainTexts(perRound));
    const fixed = await page.evaluate(countFixed);
    const seen = new Set<string>();
    for (let first = 0; first < hostileTexts.length; first += perRound) {
      const round = hostileTexts.slice(first, first + perRound);
      await reopen(round);
      expect(await page.evaluate(findMade)).toEqual([]);
      expect(await page.evaluate(countFixed)).toBe(fixed);
      const text = await page.evaluate('document.body.textContent');
      for (const one of round) if ((text as string).includes(one)) seen.add(one);
    }
    // They were there, or nothing has been shown.
    expect(seen.size).toBe(hostileTexts.length);
    expect(await page.evaluate('globalThis.hurt')).toBeUndefined();
  });

  it('is left as it is by 10,000 malformed messages, and follows a proper one afterwards', async () => {
    const { page } = browser;
    readable = true;
    await reopen(plainTexts(perRound));
    await page.locator('.view[data-state=settled]').waitFor();
    await page.addScriptTag({ content: await hostileScript() });
    const before = await page.evaluate('document.body.outerHTML');
    expect(await page.evaluate('sendHostile(10000)')).toBe(10_000);
    await page.waitForTimeout(200);
    expect(await page.evaluate('document.body.outerHTML')).toBe(before);
    await shown.remote.stretchShown(3, 4);
    await page.locator('.view[data-selection="3.0000 4.0000"]').waitFor();
  });

  it('shows 200 of them as text where they are tags of the file itself', async () => {
    const { page } = browser;
    const file = path.join(folder, 'tagged.wav');
    fs.writeFileSync(file, withTags(makeChirp({ durationSec: 1, fromHz: 150, toHz: 7000 }), hostileTexts));
    const tagged = await openSpectrogramPage(page, file, { theme: 'dark', state: { details: true } });
    try {
      await page.locator('.chunk').nth(5).waitFor();
      expect(await page.evaluate(findMade)).toEqual([]);
      const values = new Set(await page.locator('.chunk td').allTextContents());
      expect(hostileTexts.filter((one) => !values.has(visibleText(one)))).toEqual([]);
      expect(await page.evaluate('globalThis.hurt')).toBeUndefined();
    } finally {
      await tagged.dispose();
    }
  });
});

/** The recording with LIST chunks of comments behind its samples, fifty in each. */
function withTags(wav: Uint8Array, tags: readonly string[]): Uint8Array {
  const chunk = (id: string, body: Buffer) => {
    const head = Buffer.from(`${id}    `, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const lists = [];
  for (let first = 0; first < tags.length; first += 50) {
    const comments = tags.slice(first, first + 50).map((tag) => chunk('ICMT', Buffer.from(`${tag}\0`)));
    lists.push(chunk('LIST', Buffer.concat([Buffer.from('INFO'), ...comments])));
  }
  const tagged = Buffer.concat([wav, ...lists]);
  tagged.writeUInt32LE(tagged.length - 8, 4);
  return tagged;
}

/** As long as the others, and as many; no two alike. */
const plainTexts = (count: number): string[] => Array.from({ length: count }, (_, i) => `plain text number ${100 + i}`);

const at = (i: number) => ({ startSec: (i * durationSec) / perRound, endSec: ((i + 1) * durationSec) / perRound });

const transcriptOf = (some: string[]) => ({
  ...{ startSec: 0, endSec: durationSec, text: some.join(' '), model: some[0]! },
  words: some.map((text, i) => ({ text, ...at(i), confidence: 0.5 })),
});

function annotationsOf(some: string[]): AnnotationSet {
  const items = some.map((text, id) => ({ id, text, ...at(id) }));
  const tier = { kind: 'interval', format: 'textGrid', can: { text: true, times: true, items: true }, items } as const;
  return {
    version: 1,
    dirty: true,
    problems: some.map((message) => ({ code: 'annotation', severity: 'warning', message })),
    tiers: [
      { ...tier, id: some[0]!, name: some[1]!, role: 'reference', file: some[2]! },
      { ...tier, id: some[3]!, name: some[4]!, role: 'labels', file: some[5]! },
    ],
  };
}

/** Elements that the view never makes, and attributes that could act. */
const findMade = `[...document.querySelectorAll('*')].flatMap((element) => {
  const made = /^(img|iframe|object|embed|video|audio|source|base|math|mtext|mglyph|marquee|x|use|animate|image)$/i.test(element.localName);
  const acts = [...element.attributes].some(({ name, value }) => /^(on|srcdoc|background)/.test(name) || (/^(src|href|action|data)$/.test(name) && /javascript|evil|^data:/.test(value)));
  return made || acts ? [element.outerHTML] : [];
})`;

/** Those that the page has from its beginning, and no more. */
const countFixed = `document.querySelectorAll('script, style, link, meta, template, body').length`;

/** `sendHostile(count)` in the page: each message is one that the protocol does not know. */
async function hostileScript(): Promise<string> {
  const root = path.join(import.meta.dirname, '../..');
  const contents = `
    import { hostileMessage } from './test/hostileMessages.ts';
    import { spectrogramViewChecks } from './src/shared/protocol/spectrogram.ts';
    import { createRandom } from './src/shared/random.ts';
    const valid = {
      surveyed: [[{ picture: 1, channel: -1, done: 0.5, peak: 1, rms: 0.1, problems: [] }]],
      stretchShown: [[0, 1]],
      commanded: [['zoomToFit']],
    };
    globalThis.sendHostile = (count) => {
      const random = createRandom('messages', 'page');
      let sent = 0;
      for (; sent < count; sent++) window.dispatchEvent(new MessageEvent('message', { data: hostileMessage(spectrogramViewChecks, valid, random) }));
      return sent;
    };`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    ...{ bundle: true, write: false, format: 'iife', target: 'chrome120' },
  });
  return outputFiles[0]!.text;
}

import * as path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

describe('the painters of the spectrogram', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser({ width: 300, height: 200 });
    const { outputFiles } = await build({
      entryPoints: [path.join(import.meta.dirname, 'page/painters.ts')],
      ...{ bundle: true, write: false, format: 'iife', target: 'chrome120', logLevel: 'warning' },
    });
    await browser.page.addScriptTag({ content: outputFiles[0]!.text });
  });
  afterAll(() => browser?.close());

  const whole = { firstColumn: 0, columnsPerPixel: 40 / 96, firstBand: 0, bandsPerPixel: 24 / 64, validColumns: 40 };
  const views: [string, Record<string, number | boolean>][] = [
    ['all cells', {}],
    ['all cells, blended', { smooth: true }],
    ['a few bands', { firstBand: 5.3, bandsPerPixel: 0.07 }],
    ['a few bands, blended', { firstBand: 5.3, bandsPerPixel: 0.07, smooth: true }],
    ['many cells under a pixel', { columnsPerPixel: 2.7, firstColumn: -20.4, bandsPerPixel: 1.4, firstBand: -3 }],
    ['what lies beyond the clip', { firstColumn: 22.2, validColumns: 31, smooth: true }],
    ['a narrow range of levels', { lowLevel: 90, highLevel: 140 }],
  ];
  it.each(views)('agree on %s', async (_, change) => {
    const narrow = 'lowLevel' in change;
    const view = { ...whole, lowLevel: 0, highLevel: 255, smooth: false, ...change };
    const difference = await browser.page.evaluate(`painterDifference(${JSON.stringify(view)})`);
    // Single precision may round a level to the next of 256 colours; a narrow range of levels makes that up to five.
    expect(difference).toBeLessThanOrEqual(narrow ? 6 : 2);
  });
});

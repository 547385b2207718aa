import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildReport, type HeardUtterance } from '../../src/asr/evaluation/buildReport.ts';
import { compareReports } from '../../src/asr/evaluation/compareReports.ts';
import type { EvaluationReport, ResultCard } from '../../src/shared/evaluation/evaluationReport.ts';
import { createRandom } from '../../src/shared/random.ts';
import { openEvaluationPage } from '../ui/support/evaluationPage.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { themes } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

const hostile = '<img src=x onerror="document.title=1">';
const vocabulary = 'GO STOP LEFT RIGHT UP DOWN YES NO'.split(' ');

const model = {
  path: 'runs/an4',
  source: 'runs/an4/checkpoints/best',
  name: hostile,
  parameters: 3e6,
  weightsSha256: 'ab',
  seed: 1,
};
const card: ResultCard = {
  model,
  manifest: { path: 'dev.jsonl', sha256: 'cd', utterances: 120, durationSec: 240, speakers: 3 },
  ...{ decoder: 'greedy', languageModel: null, normalization: ['upper case'], seed: 1, training: null },
  machine: { cpu: 'a processor', cores: 2, threads: 2, platform: 'linux-x64', memoryBytes: 2 ** 33 },
  ...{
    engineVersion: '0',
    runtimeVersion: '0',
    date: '2026-01-01T00:00:00Z',
    command: ['asr', 'evaluate', 'runs/an4'],
  },
};

/** Utterances of which every third has an error, the last with a text that must stay text. */
function makeReport(seed: number): EvaluationReport {
  const random = createRandom('evaluation page', seed);
  const word = () => vocabulary[random.below(vocabulary.length)]!;
  const utterances = Array.from({ length: 120 }, (_, i): HeardUtterance => {
    const said = Array.from({ length: 2 + random.below(5) }, word);
    const heard = [...said];
    if ((i + seed) % 3 === 0) heard[0] = `${heard[0]}S`;
    if ((i + seed) % 9 === 0) heard.push('UM');
    const last = i === 119;
    const audioFilepath = last ? hostile : `wav/${i}.wav`;
    const place = {
      id: audioFilepath,
      audioFilepath,
      audio: `/data/${i}.wav`,
      manifest: '/data/dev.jsonl',
      line: i + 1,
    };
    return {
      ...{ ...place, offsetSec: 0, durationSec: said.length * 0.5, speaker: `speaker ${i % 3}` },
      ...{ reference: said.join(' '), hypothesis: last ? `${hostile} ${heard.join(' ')}` : heard.join(' ') },
      heard: heard.map((text, at) => ({
        text,
        startSec: at / 2,
        endSec: at / 2 + 0.4,
        confidence: 0.3 + 0.1 * (at % 7),
      })),
    };
  });
  const main = { utterances, seconds: 4, audioSec: 240, skipped: 1, excluded: 0 };
  const problems = [{ code: 'bad-audio', severity: 'error' as const, message: hostile, file: 'dev.jsonl', line: 121 }];
  return buildReport({ card, main, problems });
}

describe('the view of an evaluation', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  const complaints: string[] = [];
  const write = (name: string, content: unknown) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-evaluation-'));
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
  const rows = () => page.locator('.list tbody tr');

  it('lists what was heard wrong, filtered, sorted, and leads to the word', async () => {
    const report = makeReport(0);
    const calls = await openEvaluationPage(page, 'dark', write('report.json', report));
    await rows().nth(1).waitFor();
    const wrong = report.utterances.filter(({ counts }) => counts.substitutions + counts.insertions > 0).length;
    expect(await page.locator('.filters .quiet').textContent()).toBe(`${wrong} of 120`);
    expect(await page.locator('.wer strong').textContent()).toBe(`${(100 * report.scores.wer).toFixed(1)} %`);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    expect(await rows().count()).toBe(50);
    await page.getByRole('button', { name: 'Line', exact: true }).click();
    await page.locator('.pages').getByText('Later').click();
    expect(await rows().first().locator('td').nth(5).textContent()).toBe('51');
    await page.locator('.tables').getByRole('button', { name: 'speaker 2' }).click();
    expect(await page.locator('.filters .quiet').textContent()).toBe('40 of 120');
    await page.getByRole('searchbox').fill('img src');
    expect(await rows().count()).toBe(1);
    // Names, words and problems are text: nothing of them became an element.
    expect(await rows().locator('ins').first().textContent()).toContain('<img');
    expect([await page.locator('img').count(), await page.title()]).toEqual([0, '']);
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: 'Show All' }).click();
    const first = report.utterances[0]!;
    await rows()
      .first()
      .getByRole('button', { name: /heard as/ })
      .first()
      .click();
    await rows()
      .first()
      .getByRole('button', { name: /^Show the line/ })
      .click();
    expect(calls).toEqual([
      ['openSpectrogram', { audio: first.audio, startSec: 0, endSec: 0.4 }],
      ['showLine', '/data/dev.jsonl', 1],
    ]);
  });

  it('sets two models side by side', async () => {
    const comparison = compareReports(makeReport(0), makeReport(1));
    const file = write('comparison.json', comparison);
    for (const [theme, width] of [
      ['light', 1000],
      ['contrast', 1000],
      ['dark', 380],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await openEvaluationPage(page, theme, file);
      await page.locator('.wer').waitFor();
      await takeScreenshot(page, `comparison-${theme}-${width}`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    const counts = await page.locator('.toggle').allTextContents();
    const of = (change: string) => comparison.utterances.filter((one) => one.change === change).length;
    expect(counts.slice(0, 3)).toEqual([`broken ${of('broken')}`, `worse ${of('worse')}`, `fixed ${of('fixed')}`]);
    await page.locator('.toggle.fixed').click();
    expect(await rows().count()).toBe(Math.min(50, of('fixed')));
  });

  it('fits and is translated', async () => {
    const file = write('report.json', makeReport(0));
    for (const theme of themes) {
      await page.setViewportSize({ width: 1000, height: 900 });
      await openEvaluationPage(page, theme, file, theme === 'light' ? 'zh-cn' : 'en');
      await page.locator('.wer').waitFor();
      await takeScreenshot(page, `evaluation-${theme}`);
    }
    await page.setViewportSize({ width: 380, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(380);
    await takeScreenshot(page, 'evaluation-narrow');
  });

  it('says what is wrong with a report that cannot be shown', async () => {
    await openEvaluationPage(page, 'dark', write('report.json', '{"version": 1, "card": 3}'));
    await page.getByText('card must be an object').waitFor();
    await openEvaluationPage(page, 'dark', path.join(folder, 'gone', 'report.json'));
    await page.getByText('there is no such file').waitFor();
  });
});

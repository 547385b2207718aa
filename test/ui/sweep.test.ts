import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSweepRecord, type SweepRecord } from '../../src/shared/sweep/sweepRecord.ts';
import { eventually } from '../eventually.ts';
import { writeToneConfig } from '../faults/toneCorpus.ts';
import { findWebview, pickRow, runFromPalette } from '../vscode/harness/browser.ts';
import { createWorkspace, isAlive, type Workspace } from './support/digits.ts';
import { openRunsView, rowOf, rowTexts } from './support/runsView.ts';
import { takeScreenshot, takeThemedScreenshots } from './support/screenshots.ts';
import { editorText, openFile, openWindow, type Window, waitForNotification } from './support/window.ts';

const config = `# Tones.
name: tones
data: { train: [train.jsonl], dev: [dev.jsonl] }
text: { case: lower, keep: abcd }
features: { sampleRateHz: 8000, fftSize: 256, windowSamples: 200, hopSamples: 80, mels: 24 }
augment: { speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 } }
model:
  blocks: [{ channels: 8, pool: [2, 2] }]
  rnn: { hiddenSize: 16, layers: 1, projection: 16 }
  dropout: 0.2
optimizer:
  learningRate: 0.001 # to be found
training: { epochs: 15, batchSeconds: 1, threads: 1 }
`;

describe('a sweep', () => {
  let workspace: Workspace;
  let window: Window;
  const sweepOf = (): { directory: string; record: SweepRecord } | undefined => {
    const runs = path.join(workspace.folder, 'runs');
    const name = fs.existsSync(runs) && fs.readdirSync(runs).find((run) => run.includes('-sweep-'));
    const file = name && path.join(runs, name, 'sweep.json');
    const record = file && fs.existsSync(file) ? parseSweepRecord(fs.readFileSync(file, 'utf8')) : undefined;
    return record && { directory: path.join(runs, name as string), record };
  };

  beforeAll(async () => {
    workspace = createWorkspace();
    writeToneConfig(workspace.folder, 1);
    workspace.write('tones.asr.yaml', config);
    window = await openWindow(workspace.folder);
  });
  afterAll(async () => {
    await window?.close();
    const lock = path.join(sweepOf()?.directory ?? '', 'lock');
    // Whatever failed, nothing trains on.
    const owner = fs.existsSync(lock) ? (JSON.parse(fs.readFileSync(lock, 'utf8')) as { pid: number }).pid : undefined;
    if (owner !== undefined && isAlive(owner)) process.kill(owner, 'SIGKILL');
    workspace?.remove();
  });

  it('is asked for in a few steps, with values that suit the key', async () => {
    const { page } = window;
    await openFile(page, 'tones.asr.yaml');
    await runFromPalette(page, 'ASR: Sweep');
    await pickRow(page, 'optimizer.learningRate');
    await page.locator('.quick-input-widget:visible').getByText('around 0.001, by factors of 3').waitFor();
    await takeScreenshot(page, 'sweep-values');
    await pickRow(page, 'Other values');
    const input = page.locator('.quick-input-widget:visible input').first();
    const title = (text: string) => page.locator('.quick-input-widget:visible .quick-input-title', { hasText: text });
    await page.locator('.quick-input-widget:visible').getByText('or low..high/5').waitFor();
    await input.fill('0.02,0.04,1e-7,0.03');
    await page.keyboard.press('Enter');
    await pickRow(page, 'This key only');
    await title('Epochs of each trial').waitFor();
    expect(await input.inputValue()).toBe('15');
    // Enough that a fast machine is still at it when the table is looked at.
    await input.fill('22');
    await page.keyboard.press('Enter');
    await title('Budget in minutes').waitFor();
    await page.keyboard.press('Enter');
    await findWebview(page, '.trials', 120_000);
  });

  it('fills its table as trials go on, and goes on when its terminal is closed', async () => {
    const { page } = window;
    const table = await findWebview(page, '.trials', 120_000);
    const running = table.locator('tr', { has: table.locator('.state.running') }).first();
    await running.waitFor();
    expect(['waiting', 'running']).toContain(await table.locator('[data-trial="4"] .state').textContent());
    const epochs = async () => Number.parseInt((await running.locator('td').nth(5).textContent()) ?? '', 10);
    const before = await epochs();
    await eventually('a further epoch', async () => ((await epochs()) > before ? true : undefined));
    await takeScreenshot(page, 'sweep-running');
    await runFromPalette(page, 'Terminal: Kill the Active Terminal Instance');
    await table.locator('[data-trial="3"] .state.stopped').waitFor({ timeout: 120_000 });
    expect(await table.locator('[data-trial="3"] .why').textContent()).toContain('given up after epoch');
    const message = await waitForNotification(page, /The sweep of "tones" is done/, 120_000);
    expect(message).toMatch(/: best WER [\d.]+ % with learningRate 0\.0[234]\./);
    expect(sweepOf()!.record.trials.map(({ state }) => state)).toEqual(['done', 'done', 'stopped', 'done']);
  }, 400_000);

  it('the table is sorted by its headers and marks the best', async () => {
    const { page } = window;
    await runFromPalette(page, 'Notifications: Clear All Notifications');
    const table = await findWebview(page, '.trials');
    const order = () =>
      table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-trial')));
    await table.locator('[data-column=key0]').click();
    expect(await order()).toEqual(['3', '1', '4', '2']);
    await table.locator('[data-column=key0]').press('Enter');
    expect(await order()).toEqual(['2', '4', '1', '3']);
    expect(await table.locator('th[aria-sort=descending]').count()).toBe(1);
    expect(await table.locator('tr.best').count()).toBe(1);
    await table.locator('[data-column=wer]').click();
    expect((await order())[0]).toBe(await table.locator('tr.best').getAttribute('data-trial'));
    await takeThemedScreenshots(page, 'sweep');
  });

  it('trials stand under their sweep in the list of runs', async () => {
    const { page } = window;
    await openRunsView(page);
    await eventually('the sweep', async () =>
      (await rowTexts(page)).some((text) => /^Sweep learningRate, trials 4\/4 · best WER/.test(text))
        ? true
        : undefined,
    );
    await page.locator('.customview-tree .monaco-list-row').first().click();
    await rowOf(page, 'learningRate 1e-7').waitFor();
    const names = (await rowTexts(page)).map((text) => text.split(',')[0]);
    expect(names).toEqual([
      'Sweep learningRate',
      ...['0.02', '0.04', '1e-7', '0.03'].map((rate) => `Run learningRate ${rate}`),
    ]);
    await takeThemedScreenshots(page, 'sweep-runs');
  });

  it('opens chosen trials over each other', async () => {
    const { page } = window;
    const table = await findWebview(page, '.trials');
    await table.locator('[data-trial="1"] input').check();
    await table.locator('[data-trial="2"] input').check();
    await table.locator('.tools vscode-button').filter({ hasText: 'Compare chosen (2)' }).click();
    const panel = await findWebview(page, '.profiler');
    await panel.locator('body').getByText('learningRate 0.04').first().waitFor();
    await page.keyboard.press('Control+F4');
  });

  it('writes the values of a trial into the experiment, whose comments stay', async () => {
    const { page } = window;
    await runFromPalette(page, 'ASR: Show Sweep');
    const table = await findWebview(page, '.trials');
    await table.locator('[data-trial="2"] vscode-button').last().click();
    const tab = page.locator('.tabs-container .tab.active[data-resource-name="tones.asr.yaml"]');
    await tab.waitFor();
    const text = await eventually('the value', async () => {
      for (const group of [0, 1]) {
        const shown = await editorText(page, group).catch(() => '');
        if (shown.includes('learningRate: 0.04 # to be found')) return shown;
      }
      return undefined;
    });
    expect(text).toContain('# Tones.');
    expect(window.complaints).toEqual([]);
  });
});

import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Frame, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatLoss } from '../../src/shared/run/runStatus.ts';
import { eventually } from '../eventually.ts';
import { findWebview, runFromPalette } from '../vscode/harness/browser.ts';
import { createWorkspace, type Workspace } from './support/digits.ts';
import { type MadeRun, madeEvents, madeStep, makeRun, spikeStep } from './support/madeRuns.ts';
import { takeScreenshot, takeThemedScreenshots } from './support/screenshots.ts';
import { openWindow, type Window } from './support/window.ts';

const panelOf = (page: Page) => findWebview(page, '.profiler');
const pointsOf = async (frame: Frame, chart: string) =>
  Number(await frame.locator(`.chart-stage[aria-label="${chart}"]`).first().getAttribute('data-points'));
/** What a screen reader says of a chart's cursor. */
const said = async (frame: Frame, chart: string) =>
  (await frame.locator(`.chart-stage[aria-label="${chart}"]`).first().getAttribute('aria-valuetext')) ?? '';
const buttonOf = (row: Locator, title: string) => row.locator(`vscode-button[title^="${title}"]`);
const showSection = (frame: Frame, id: string) =>
  frame.locator(`[data-section=${id}]`).evaluate((block) => block.scrollIntoView());

describe('the profiler panel', () => {
  let workspace: Workspace;
  let window: Window;
  let run: MadeRun;
  beforeAll(async () => {
    workspace = createWorkspace();
    run = makeRun(workspace.folder, 'speech', madeEvents(430));
    window = await openWindow(workspace.folder);
    await runFromPalette(window.page, 'View: Toggle Primary Side Bar Visibility');
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  it('opens on the run that is going on, and its curves grow with it', async () => {
    const { page } = window;
    await runFromPalette(page, 'ASR: Show Profiler');
    const frame = await panelOf(page);
    await frame.locator('.facts').getByText('step 430 of 600').waitFor();
    expect(await pointsOf(frame, 'Loss')).toBe(430);
    for (let step = 431; step <= 440; step++) run.append(madeStep(step));
    await frame.locator('.facts').getByText('step 440 of 600').waitFor();
    await eventually('ten more points', async () => ((await pointsOf(frame, 'Loss')) === 440 ? true : undefined));
    await takeScreenshot(page, 'profiler-running');
  });

  it('a chart is read by keys alone, and its table has the numbers of the events', async () => {
    const { page } = window;
    const frame = await panelOf(page);
    const chart = frame.locator('.chart').filter({ has: frame.locator('.chart-stage[aria-label="Loss"]') });
    await frame.locator('.tools input[type=range]').fill('0');
    await chart.locator('.chart-stage').focus();
    await page.keyboard.press('Home');
    await eventually('the first step', async () =>
      (await said(frame, 'Loss')).startsWith('step 1,') ? true : undefined,
    );
    await page.keyboard.press('ArrowRight');
    const second = formatLoss(madeStep(2).loss);
    await eventually('the second step', async () =>
      (await said(frame, 'Loss')) === `step 2, training ${second}, dev –` ? true : undefined,
    );
    await chart.locator('summary').press('Enter');
    const row = chart.locator('tbody tr').filter({ has: frame.locator('td:first-child', { hasText: /^433$/ }) });
    await row.waitFor();
    expect(await row.locator('td').allTextContents()).toEqual(['433', formatLoss(madeStep(433).loss), '']);
    await chart.locator('summary').press('Enter');
  });

  it('marks what was noticed, and says it in words', async () => {
    const frame = await panelOf(window.page);
    const noticed = frame.locator('[data-section=learning] .noticed li');
    expect(await noticed.allTextContents()).toEqual([
      'step 230exploding-norm: the gradient norm is 12 times its median; lower optimizer.learningRate or optimizer.clipNorm',
      'step 120loss or gradient was not finite; the batch was skipped: recordings/03.wav',
    ]);
    // The pointer on a mark reads it out.
    const box = (await frame.locator('.chart-stage[aria-label="Learning rate"] .u-over').boundingBox())!;
    await window.page.mouse.move(box.x + (box.width * (230 - 1)) / (440 - 1), box.y + box.height / 2);
    await frame.locator('.chart-note', { hasText: 'exploding-norm' }).first().waitFor();
  });

  it('zooms by drag and shows all again', async () => {
    const { page } = window;
    const frame = await panelOf(page);
    const plot = frame.locator('.chart-stage[aria-label="Error rates of the dev set"] .u-over');
    const box = (await plot.boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.3, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, y, { steps: 5 });
    await page.mouse.up();
    const stage = frame.locator('.chart-stage[aria-label="Loss"]');
    await stage.focus();
    await page.keyboard.press('Home');
    const zoomed = await eventually('the first step of the stretch', async () => {
      const step = Number(/^step (\d+),/.exec(await said(frame, 'Loss'))?.[1]);
      return step > 100 && step < 160 ? step : undefined;
    });
    expect(zoomed).toBeGreaterThan(100);
    await page.keyboard.press('0');
    await page.keyboard.press('Home');
    await eventually('the first step of all', async () =>
      (await said(frame, 'Loss')).startsWith('step 1,') ? true : undefined,
    );
  });

  it('says in words what limits the speed', async () => {
    const frame = await panelOf(window.page);
    await showSection(frame, 'speed');
    await frame.locator('.verdict', { hasText: 'The graph is the limit' }).waitFor();
    expect(await frame.locator('.figure', { hasText: 'padding' }).locator('dd').textContent()).toMatch(/^\d\.\d %$/);
  });

  it('leads from a spike to its utterances by keys; the loudest of them is excluded by an edit', async () => {
    const { page } = window;
    const frame = await panelOf(page);
    await showSection(frame, 'step');
    await frame.locator('.spikes .link').first().press('Enter');
    await frame.locator('.step-caption', { hasText: `Step ${spikeStep}, epoch 4: 8 utterances` }).waitFor();
    const first = frame.locator('.utterances tbody tr').first();
    expect(await first.locator('.utterance-name').textContent()).toBe('recordings/03.wav');
    expect(await first.locator('.share').textContent()).toBe('58.0 %');
    await takeScreenshot(page, 'profiler-step');
    await buttonOf(first, 'Exclude recordings/03.wav').click();
    const manifest = path.join(workspace.folder, 'train.jsonl');
    const lines = await eventually('the edit', () => {
      const text = fs.readFileSync(manifest, 'utf8');
      return text.includes('exclude') ? text.split('\n') : undefined;
    });
    expect(JSON.parse(lines[3]!)).toEqual({
      audio_filepath: 'recordings/03.wav',
      duration: 2.5,
      text: 'tone 3',
      exclude: true,
    });
  });

  it('plays an utterance when asked to, not before', async () => {
    const frame = await panelOf(window.page);
    const first = frame.locator('.utterances tbody tr').first();
    await buttonOf(first, 'Play recordings/03.wav').click();
    await buttonOf(first, 'Stop recordings/03.wav').waitFor();
    await buttonOf(first, 'Play recordings/03.wav').waitFor();
    expect(await frame.locator('.failure').textContent()).toBe('');
  });

  it('opens it in the spectrogram editor; hidden it is gone, and shown again it has caught up', async () => {
    const { page } = window;
    const frame = await panelOf(page);
    await buttonOf(frame.locator('.utterances tbody tr').first(), 'Open recordings/03.wav').click();
    await findWebview(page, '.stage[aria-label$="03.wav"]');
    await eventually('no page of the panel', () => (frame.isDetached() ? true : undefined));
    for (let step = 441; step <= 445; step++) run.append(madeStep(step));
    await page.locator('.tab', { hasText: 'Profiler: speech' }).first().click();
    const again = await panelOf(page);
    await again.locator('.facts').getByText('step 445 of 600').waitFor();
    // The page is where it was, with the step that was chosen.
    await again.locator('.step-caption', { hasText: `Step ${spikeStep}` }).waitFor();
    await showSection(again, 'learning');
    await eventually('all points', async () => ((await pointsOf(again, 'Loss')) === 445 ? true : undefined));
  });

  it('survives a reload of the window', async () => {
    const { page } = window;
    await page.reload();
    // A window that is reloaded soon after a change of tabs may come back with the other one in front.
    await page.locator('.tab', { hasText: 'Profiler: speech' }).first().click();
    const frame = await panelOf(page);
    await frame.locator('.facts').getByText('step 445 of 600').waitFor();
  });

  it('shows a run that has failed, and says why', async () => {
    run.end('failed', 'the graph process was killed: not enough memory');
    const { page } = window;
    const frame = await panelOf(page);
    await frame.locator('.run-message', { hasText: 'not enough memory' }).waitFor();
    await frame.locator('[data-action=resume]').waitFor();
    await takeScreenshot(page, 'profiler-failed');
  });

  it('shows a finished run in each theme', async () => {
    const { page } = window;
    makeRun(workspace.folder, 'finished', madeEvents(600, 2, true), 1).end('done');
    await runFromPalette(page, 'View: Close All Editors');
    await runFromPalette(page, 'ASR: Show Profiler');
    const frame = await panelOf(page);
    await frame.locator('.run-name', { hasText: 'finished' }).waitFor();
    await takeThemedScreenshots(page, 'profiler-finished');
    await showSection(frame, 'speed');
    await takeScreenshot(page, 'profiler-speed');
  });

  it('nothing is cut off in a narrow window', async () => {
    const { page } = window;
    await page.setViewportSize({ width: 350, height: 900 });
    const frame = await panelOf(page);
    await frame.locator('html').evaluate((page) => page.scrollTo(0, 0));
    await page.waitForTimeout(500);
    const hidden = await frame.locator('html').evaluate((page) => page.scrollWidth - page.clientWidth);
    expect(hidden).toBeLessThanOrEqual(0);
    await takeScreenshot(page, 'profiler-narrow');
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  it('nothing complains', () => {
    // The failure of the run itself is told to the user, and so to the console.
    expect(window.complaints.filter((text) => !text.startsWith('Training of "speech" failed'))).toEqual([]);
  });
});

describe('the profiler panel without a run', () => {
  it('says what will be there, and offers to train', async () => {
    const workspace = createWorkspace();
    const window = await openWindow(workspace.folder);
    try {
      await runFromPalette(window.page, 'ASR: Show Profiler');
      const frame = await findWebview(window.page, '.empty h2');
      await frame.getByText('No run yet').waitFor();
      await takeScreenshot(window.page, 'profiler-empty');
    } finally {
      await window.close();
      workspace.remove();
    }
  });
});

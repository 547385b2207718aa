import * as fs from 'node:fs';
import { hostname } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { runFromPalette } from '../vscode/harness/browser.ts';
import { createWorkspace, digitsExperiment, type Workspace } from './support/digits.ts';
import { makeRun } from './support/listedRuns.ts';
import { answerDialog, chooseFromRow, openRunsView, rowIn, rowOf, rowTexts, selectRows } from './support/runsView.ts';
import { takeScreenshot, takeThemedScreenshots } from './support/screenshots.ts';
import { openWindow, statusText, type Window, waitForNotification } from './support/window.ts';

const hourMs = 3600_000;
// A clean start of the minute, so that labels do not depend on when the test runs.
const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const self = { pid: process.pid, startTime: null, bootId: null, host: hostname() };

describe('the list of runs', () => {
  let workspace: Workspace;
  let window: Window;
  let running: string;
  let failed: string;

  beforeAll(async () => {
    workspace = createWorkspace();
    workspace.write('digits.asr.yaml', `# The first try.\n${digitsExperiment}`);
    window = await openWindow(workspace.folder);
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  it('says what to do when it is empty', async () => {
    const { page } = window;
    await openRunsView(page, true);
    await takeScreenshot(page, 'runs-empty');
    const buttons = await page.locator('.welcome-view:visible .monaco-button').allTextContents();
    expect(buttons).toEqual(['Train', 'New Experiment']);
  });

  it('shows runs as they appear, what goes on first', async () => {
    const { page } = window;
    failed = makeRun(workspace, {
      ...{ name: 'digits', createdMs: nowMs - 5 * hourMs, done: 2, learningRate: 0.5 },
      end: { reason: 'failed', message: 'the loss was not finite 20 times in a row' },
    });
    makeRun(workspace, { name: 'digits', createdMs: nowMs - 4 * hourMs, done: 12, end: { reason: 'done' } });
    makeRun(workspace, { name: 'digits', createdMs: nowMs - 3 * hourMs, done: 5, end: { reason: 'stopped' } });
    running = makeRun(workspace, { name: 'digits', createdMs: nowMs - 2 * hourMs, done: 3, owner: self });
    makeRun(workspace, { name: 'digits', createdMs: nowMs - hourMs, done: 4 });
    const rows = await eventually('the rows', async () => {
      const texts = await rowTexts(page);
      const read = texts.length === 5 && texts.every((text) => !text.includes('reading its log'));
      return read && texts[0]!.includes('running') ? texts : undefined;
    });
    const said = rows.map((text) => text.replace(/^Run digits [^,]+, \d\d:\d\d, /, ''));
    expect(said).toEqual([
      expect.stringMatching(/^running, 3\/12 · WER 30.0 % · \d+ (s|min) left$/),
      'interrupted, 4/12 · WER 22.5 % · 72 s · interrupted',
      'stopped, 5/12 · WER 18.0 % · 2 min · stopped',
      'done, 12/12 · WER 7.5 % · 4 min',
      'failed, 2/12 · WER 45.0 % · 36 s · failed',
    ]);
  });

  it('an interrupted run offers itself, once', async () => {
    const { page } = window;
    const message = await waitForNotification(page, /ended without a word/);
    expect(message).toMatch(/"digits" ended without a word after 4 of 12 epochs/);
    await takeThemedScreenshots(page, 'runs');
    await runFromPalette(page, 'Notifications: Clear All Notifications');
    await page.reload();
    await openRunsView(page);
    await rowOf(page, 'digits').waitFor();
    // It would come within two seconds of the rows.
    await page.waitForTimeout(3000);
    expect(await page.locator('.notifications-toasts .notification-list-item-message').allTextContents()).toEqual([]);
  });

  it('what keeps a run from going on is shown within 5 s, until it is over', async () => {
    const { page } = window;
    const { renderAlert } = await import('../../src/shared/run/alert.ts');
    const alert = { code: 'disk-full', message: 'no space left on the disk', sinceMs: Date.now() } as const;
    const since = performance.now();
    fs.writeFileSync(path.join(running, 'alert.json'), renderAlert(alert));
    await waitForNotification(page, /waits: no space left on the disk/);
    await eventually('the status bar', async () => (/disk full/.test(await statusText(page)) ? true : undefined));
    await eventually('the row', async () => ((await rowTexts(page))[0]!.includes('disk full') ? true : undefined));
    const tookMs = performance.now() - since;
    process.stdout.write(`a full disk was shown after ${tookMs.toFixed(0)} ms\n`);
    // Twice what is promised, as the machine may be busy with other things.
    expect(tookMs).toBeLessThan(10_000);
    await takeThemedScreenshots(page, 'runs-alert');
    fs.writeFileSync(path.join(running, 'alert.json'), renderAlert(undefined));
    const toast = page.locator('.notifications-toasts').filter({ hasText: 'no space left' });
    await toast.waitFor({ state: 'detached' });
    await eventually('the row', async () => ((await rowTexts(page))[0]!.includes('disk full') ? undefined : true));
    expect(await statusText(page)).not.toContain('disk full');
  });

  it('a run is renamed by its key; its record stays', async () => {
    const { page } = window;
    const record = fs.readFileSync(path.join(failed, 'run.json'), 'utf8');
    const input = page.locator('.quick-input-widget:visible input').first();
    await selectRows(page, rowIn(page, 'failed'));
    await page.keyboard.press('F2');
    await input.fill('far too fast');
    await page.keyboard.press('Enter');
    await rowOf(page, 'far too fast').waitFor();
    expect(fs.readFileSync(path.join(failed, 'name.txt'), 'utf8')).toBe('far too fast\n');
    expect(fs.readFileSync(path.join(failed, 'run.json'), 'utf8')).toBe(record);
  });

  it('a note is a file of the run', async () => {
    const { page } = window;
    await chooseFromRow(page, 'far too fast', 'Edit Run Note');
    await page.locator('.tabs-container .tab.active[data-resource-name="note.md"]').waitFor();
    await page.keyboard.type('a learning rate of one half');
    await page.keyboard.press('Control+S');
    const note = path.join(failed, 'note.md');
    await eventually('the note', () => (fs.readFileSync(note, 'utf8').includes('one half') ? true : undefined));
  });

  it('a run is duplicated with the comments of its experiment', async () => {
    const { page } = window;
    await chooseFromRow(page, 'far too fast', 'Duplicate Run');
    const input = page.locator('.quick-input-widget:visible input').first();
    await input.waitFor();
    expect(await input.inputValue()).toBe('digits-2');
    await page.keyboard.press('Enter');
    await page.locator('.tabs-container .tab.active[data-resource-name="digits-2.asr.yaml"]').waitFor();
    const text = fs.readFileSync(path.join(workspace.folder, 'digits-2.asr.yaml'), 'utf8');
    // The run was started with another learning rate than the file has now.
    expect(text).toContain('name: digits-2');
    expect(text).toContain('learningRate: 0.5');
  });

  it('two runs are compared: configs as a diff, results and changed keys as a report', async () => {
    const { page } = window;
    await selectRows(page, rowOf(page, 'far too fast'), rowIn(page, 'done'));
    await chooseFromRow(page, 'far too fast', 'Compare Runs');
    await page.locator('.tabs-container .tab').filter({ hasText: '↔' }).waitFor();
    const report = await eventually('the report', async () => {
      for (const frame of page.frames()) {
        const text = await frame
          .locator('body')
          .textContent()
          .catch(() => '');
        if (text?.includes('Changed keys')) return text;
      }
      return undefined;
    });
    expect(report).toMatch(/Best WER\s+45.0 %\s+7.5 %/);
    expect(report).toMatch(/optimizer.learningRate\s+0.5\s+0.005/);
    expect(report).not.toContain('training.epochs');
    await takeScreenshot(page, 'runs-compared');
  });

  it('an active run is not deleted', async () => {
    const { page } = window;
    await selectRows(page, rowIn(page, 'running'));
    await page.keyboard.press('Delete');
    await waitForNotification(page, /is not deleted: training goes on in it/);
    expect(fs.existsSync(running)).toBe(true);
    await runFromPalette(page, 'Notifications: Clear All Notifications');
  });

  it('a directory that lost its mark is not deleted', async () => {
    const { page } = window;
    const record = path.join(failed, 'run.json');
    fs.renameSync(record, `${record}.away`);
    fs.writeFileSync(record, '{}');
    await selectRows(page, rowOf(page, 'far too fast'));
    await page.keyboard.press('Delete');
    await waitForNotification(page, /holds no run.json/);
    fs.renameSync(`${record}.away`, record);
    await runFromPalette(page, 'Notifications: Clear All Notifications');
  });

  it('a run is deleted after it is named; where there is no trash, after another question', async () => {
    const { page } = window;
    await selectRows(page, rowOf(page, 'far too fast'));
    await page.keyboard.press('Delete');
    const question = await answerDialog(page, 'Move to Trash');
    expect(question).toContain('Delete the run "far too fast"?');
    expect(question).toContain(path.basename(failed));
    expect(await answerDialog(page, 'Delete Permanently')).toContain('no trash');
    await eventually('the end of the directory', () => (fs.existsSync(failed) ? undefined : true));
    await rowOf(page, 'far too fast').waitFor({ state: 'detached' });
  });

  it('groups runs by experiment when there are several, and fits a narrow window', async () => {
    const { page } = window;
    makeRun(workspace, { name: 'letters', createdMs: nowMs, done: 12, end: { reason: 'done' } });
    await eventually('the groups', async () => {
      const texts = await rowTexts(page);
      return texts.filter((text) => text.startsWith('Experiment ')).length === 2 ? true : undefined;
    });
    expect(await rowTexts(page)).toContain('Experiment digits, 4 runs, 1 active');
    await takeScreenshot(page, 'runs-grouped');
    await page.setViewportSize({ width: 700, height: 700 });
    await takeScreenshot(page, 'runs-narrow');
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  it('shows the report of a run', async () => {
    const { page } = window;
    await chooseFromRow(page, 'letters', 'Show Report');
    await eventually('the report', async () => {
      const texts = await Promise.all(
        page.frames().map((frame) =>
          frame
            .locator('body')
            .textContent()
            .catch(() => ''),
        ),
      );
      return texts.some((text) => text?.includes('letters: done')) ? true : undefined;
    });
  });

  it('nothing complains', () => {
    // VS Code also writes its notifications to the console.
    expect(window.complaints.filter((text) => !text.includes(' is not deleted: '))).toEqual([]);
  });
});

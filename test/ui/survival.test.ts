import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runFiles } from '../../src/shared/run/layout.ts';
import { formatLoss } from '../../src/shared/run/runStatus.ts';
import { eventually } from '../eventually.ts';
import { runFromPalette, workbenchUrl } from '../vscode/harness/browser.ts';
import type { Workspace } from './support/digits.ts';
import { copyDigits, createWorkspace, digitsExperiment, digitsFolder, isAlive, newestRun } from './support/digits.ts';
import { openFile, openWindow, statusText, type Window, waitForNotification } from './support/window.ts';
import { expectComplete, newWindow, runIn, stepsOf, watchWindows, windowsOn } from './support/windows.ts';
import { layWire, type Wire } from './support/wire.ts';

// How often each is done: few times with every change, more with the nightly counts of docs/results.md.
const reloads = Number(process.env.ASR_RELOADS ?? 3);
const hostKills = Number(process.env.ASR_HOST_KILLS ?? 1);
const drops = Number(process.env.ASR_DROPS ?? 1);
const dropMs = Number(process.env.ASR_DROP_MS ?? 5000);
const takeOvers = Number(process.env.ASR_TWO_WINDOWS ?? 1);

describe.skipIf(!digitsFolder())('a run outlives what shows it', () => {
  let workspace: Workspace;
  let windows: { remove(): void };
  let wire: Wire;
  let window: Window;
  let page: Page;
  let enginePid: number;
  /** The extension host of `page`. */
  let host: number;
  const run = () => newestRun(workspace, 'endless')!;
  const steps = () => stepsOf(run().events);
  const hosts = () => windowsOn(workspace).map(({ pid }) => pid);

  /** What must hold whenever a window is there again: the same engine goes on, and the window knows all of it. */
  const expectSameRun = async (of = host): Promise<void> => {
    const before = steps().length;
    await expectComplete(workspace, of, 'endless');
    expect(run().record.pid).toBe(enginePid);
    expect(isAlive(enginePid)).toBe(true);
    const lock = JSON.parse(fs.readFileSync(path.join(run().directory, runFiles.lock), 'utf8'));
    expect(lock.pid).toBe(enginePid);
    await eventually('further steps', () => (steps().length > before ? true : undefined));
    const made = steps();
    expect(made).toEqual(made.map((_, index) => index + 1));
  };
  const untilShown = (on: Page, text: RegExp): Promise<string> =>
    eventually(
      `${text} in the status bar`,
      async () => {
        const shown = await statusText(on);
        return text.test(shown) ? shown : undefined;
      },
      120_000,
    );

  beforeAll(async () => {
    workspace = createWorkspace();
    windows = watchWindows(workspace);
    copyDigits(workspace, 'train', (_, speaker, repetition) => speaker === 'theo' && repetition < 10);
    copyDigits(workspace, 'dev', (digit, _, repetition) => digit < 4 && repetition < 1);
    const endless = digitsExperiment.replace('name: digits', 'name: endless').replace('epochs: 24', 'epochs: 100000');
    workspace.write('endless.asr.yaml', endless);
    wire = await layWire(inject('workbench').authority);
    window = await openWindow(workspace.folder, undefined, { authority: wire.authority });
    page = window.page;
  });
  afterAll(async () => {
    await window?.close();
    await wire?.close();
    // Whatever failed, nothing trains on.
    const { record } = (workspace && newestRun(workspace, 'endless')) ?? {};
    for (const pid of [record?.pid, enginePid]) if (pid && isAlive(pid)) process.kill(pid, 'SIGKILL');
    windows?.remove();
    workspace?.remove();
  });

  it('is started from a window', async () => {
    await openFile(page, 'endless.asr.yaml');
    await runFromPalette(page, 'ASR: Train');
    await untilShown(page, /endless \d+\/100000 · loss/);
    enginePid = run().record.pid;
    host = (await newWindow(workspace, [])).pid;
    await expectSameRun();
  });

  it(`goes on when its window is reloaded, ${reloads} times`, async () => {
    for (let n = 0; n < reloads; n++) {
      const before = hosts();
      await page.reload();
      host = (await newWindow(workspace, before)).pid;
      const since = performance.now();
      await expectSameRun();
      if (n === 0) process.stdout.write(`complete ${(performance.now() - since).toFixed(0)} ms after the reload\n`);
      await untilShown(page, /endless \d+\/100000 · loss/);
    }
  });

  it(`goes on when the extension host is killed, ${hostKills} times`, async () => {
    for (let n = 0; n < hostKills; n++) {
      const before = hosts();
      process.kill(host, 'SIGKILL');
      await page.reload();
      host = (await newWindow(workspace, before)).pid;
      await expectSameRun();
    }
  });

  it('goes on while no window is open', async () => {
    const before = hosts();
    const made = steps().length;
    await page.close();
    await eventually('ten further steps', () => (steps().length >= made + 10 ? true : undefined));
    page = await openAnother();
    host = (await newWindow(workspace, before)).pid;
    await expectSameRun();
    await untilShown(page, /endless \d+\/100000 · loss/);
  });

  it(`fills the gap when the connection was lost, ${drops} times`, async () => {
    for (let n = 0; n < drops; n++) {
      wire.cut();
      const made = steps().length;
      await new Promise((resolve) => setTimeout(resolve, dropMs));
      expect(steps().length).toBeGreaterThan(made);
      wire.mend();
      await expectSameRun();
      // What is shown moves on as well, to a step that was made after the gap.
      const after = steps().length;
      await eventually(
        'a later loss in the status bar',
        async () => {
          const shown = / · loss (\S+)/.exec(await statusText(page))?.[1];
          const later = run().events.filter((event) => event.kind === 'step' && event.step > after);
          return later.some((event) => event.kind === 'step' && formatLoss(event.loss) === shown) ? shown : undefined;
        },
        120_000,
      );
    }
  });

  it(`is shown by two windows and written by one process, ${takeOvers} times`, async () => {
    for (let n = 0; n < takeOvers; n++) {
      const before = hosts();
      const other = await openAnother();
      const second = (await newWindow(workspace, before)).pid;
      await expectSameRun(second);
      await runFromPalette(other, 'ASR: Pause Training');
      await untilShown(page, /paused/);
      for (const each of [host, second])
        await eventually('the pause', () => (runIn(workspace, each, 'endless')?.state === 'paused' ? true : undefined));
      await runFromPalette(page, 'ASR: Continue Training');
      await eventually('the end of the pause', () =>
        runIn(workspace, second, 'endless')?.state === 'running' ? true : undefined,
      );
      await expectSameRun();
      await expectSameRun(second);
      await other.close();
    }
  });

  it('offers itself where it died while no window was open, and goes on from its checkpoint', async () => {
    await page.close();
    process.kill(enginePid, 'SIGKILL');
    await eventually('the end of the engine', () => (isAlive(enginePid) ? undefined : true));
    const made = steps().length;
    const before = hosts();
    page = await openAnother();
    host = (await newWindow(workspace, before)).pid;
    await waitForNotification(page, /Training of "endless" ended without a word/);
    await page.locator('.notifications-toasts .monaco-button').filter({ hasText: 'Resume' }).first().click();
    await eventually('the run that goes on', () => (runIn(workspace, host, 'endless')?.active ? true : undefined));
    await eventually('further steps', () => (steps().at(-1)! > made ? true : undefined));
    await expectComplete(workspace, host, 'endless');
    await runFromPalette(page, 'ASR: Stop Training');
    await waitForNotification(page, /Training of "endless" was stopped/);
    await expectComplete(workspace, host, 'endless');
    await eventually('the end of the process', () => {
      const known = runIn(workspace, host, 'endless');
      return known?.state === 'stopped' && !known.active ? true : undefined;
    });
  });

  /** One more window of the same browser on the folder. */
  async function openAnother(): Promise<Page> {
    const other = await window.context.newPage();
    other.setDefaultTimeout(60_000);
    await other.goto(workbenchUrl({ authority: wire.authority }, workspace.folder));
    await other.locator('.monaco-workbench .part.editor').waitFor({ timeout: 120_000 });
    return other;
  }
});

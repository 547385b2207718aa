import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { runFromPalette } from '../vscode/harness/browser.ts';
import {
  copyDigits,
  createWorkspace,
  digitsExperiment,
  digitsFolder,
  isAlive,
  newestRun,
  type Workspace,
} from './support/digits.ts';
import { openFile, openWindow, statusText, terminalText, type Window, waitForNotification } from './support/window.ts';

describe.skipIf(!digitsFolder())('a run and the window it was started from', () => {
  let workspace: Workspace;
  let window: Window;
  const run = () => newestRun(workspace, 'endless')!;
  const stepsMade = () => run().events.filter((event) => event.kind === 'step').length;

  beforeAll(async () => {
    workspace = createWorkspace();
    copyDigits(workspace, 'train', (_, speaker, repetition) => speaker === 'theo' && repetition < 10);
    const endless = digitsExperiment
      .replace('name: digits', 'name: endless')
      .replace(', dev: [dev.jsonl]', '')
      .replace('epochs: 24', 'epochs: 100000');
    workspace.write('endless.asr.yaml', endless);
    window = await openWindow(workspace.folder);
  });
  afterAll(async () => {
    await window?.close();
    // Whatever failed, nothing trains on.
    const { record } = newestRun(workspace, 'endless') ?? {};
    if (record && isAlive(record.pid)) process.kill(record.pid, 'SIGKILL');
    workspace?.remove();
  });

  it('goes on when its terminal is closed', async () => {
    const { page } = window;
    await openFile(page, 'endless.asr.yaml');
    await runFromPalette(page, 'ASR: Train');
    await eventually('progress in the terminal', async () =>
      /epoch \d+\/100000/.test(await terminalText(page)) ? true : undefined,
    );
    await runFromPalette(page, 'Terminal: Kill the Active Terminal Instance');
    await page.locator('.terminal-wrapper').waitFor({ state: 'detached' });
    const before = stepsMade();
    await eventually('ten further steps', () => (stepsMade() >= before + 10 ? true : undefined));
    expect(isAlive(run().record.pid)).toBe(true);
    expect(await statusText(page)).toMatch(/endless \d+\/100000 · loss/);
  });

  it('ASR: Stop Training ends it with a checkpoint', async () => {
    const { page } = window;
    const { pid } = run().record;
    await runFromPalette(page, 'ASR: Stop Training');
    const message = await waitForNotification(page, /Training of "endless" was stopped/);
    expect(message).toMatch(/was stopped after \d+ of 100000 epochs/);
    const { events, directory } = run();
    expect(events.at(-1)).toMatchObject({ kind: 'finished', reason: 'stopped' });
    const checkpoint = events.findLast((event) => event.kind === 'checkpoint')!;
    expect(checkpoint.step).toBe(events.at(-1)!.step);
    expect(fs.existsSync(path.join(directory, checkpoint.path, 'model.safetensors'))).toBe(true);
    await eventually('the end of the process', () => (isAlive(pid) ? undefined : true));
    expect(await statusText(page)).toMatch(/endless: stopped/);
  });

  it('nothing complains', () => {
    expect(window.complaints).toEqual([]);
  });
});

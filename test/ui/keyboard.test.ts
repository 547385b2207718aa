import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { writeTalkativeCheckpoint } from '../talkativeModel.ts';
import { runFromPalette } from '../vscode/harness/browser.ts';
import { createWorkspace, type Workspace } from './support/digits.ts';
import { makeRun } from './support/listedRuns.ts';
import { makeChirp } from './support/madeRecordings.ts';
import { takeScreenshot } from './support/screenshots.ts';
import { openRecording, pressTranscribe, type SpectrogramEditor } from './support/spectrogram.ts';
import { openWindow, type Window } from './support/window.ts';

/** Nothing in this file uses a mouse once the recording is open. */
describe('the spectrogram editor by keyboard', () => {
  let workspace: Workspace;
  let window: Window;
  let editor: SpectrogramEditor;
  const press = async (...keys: string[]) => {
    for (const key of keys) await window.page.keyboard.press(key);
  };
  /** What the keys change is shown a frame later. */
  const becomes = (what: string, holds: () => Promise<boolean>) =>
    eventually(what, async () => ((await holds()) ? true : undefined), 10_000);
  const spanSec = async () => {
    const { startSec, endSec } = await editor.view();
    return endSec - startSec;
  };
  const isSelected = (startSec: number, endSec: number) => async () => {
    const selection = await editor.selection();
    return (
      selection !== undefined &&
      Math.abs(selection.startSec - startSec) < 0.002 &&
      Math.abs(selection.endSec - endSec) < 0.002
    );
  };

  beforeAll(async () => {
    workspace = createWorkspace();
    workspace.write('chirp.wav', makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    window = await openWindow(workspace.folder);
    editor = await openRecording(window.page, 'chirp.wav');
    await editor.settle();
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  it('takes the keys as soon as it is open', async () => {
    await becomes('focus on the lanes', () =>
      editor.stage.evaluate((stage) => stage.ownerDocument.activeElement === stage && stage.ownerDocument.hasFocus()),
    );
  });

  it('moves the cursor, and says where it is', async () => {
    await press('End');
    await becomes('the end', async () => (await editor.cursorSec()) === 4);
    await press('Home', 'ArrowRight', 'ArrowRight');
    await becomes('two steps', async () => (await editor.cursorSec()) > 0.02);
    const said = () => editor.stage.getAttribute('aria-valuetext');
    const before = await said();
    await press('ArrowUp', 'ArrowUp', 'ArrowUp');
    await becomes('another frequency', async () => (await said()) !== before);
    expect(await said()).toMatch(/^0:00\.\d+, .*Hz, .*dB/);
  });

  it('selects', async () => {
    await press('Control+a');
    await becomes('everything', isSelected(0, 4));
    await press('Escape');
    await becomes('nothing', async () => (await editor.selection()) === undefined);
    await press('Home', 'Control+ArrowRight', 'i', 'Control+ArrowRight', 'Control+ArrowRight', 'o');
    await becomes('from mark to mark', async () => {
      const selection = await editor.selection();
      return selection !== undefined && selection.startSec > 0.1 && selection.endSec > selection.startSec;
    });
    await press('Escape', 'Home', 'Shift+End');
    await becomes('from the cursor to the end', isSelected(0, 4));
    await press('Escape', 'Home', 'Shift+Control+ArrowRight');
    await becomes('a large step', async () => ((await editor.selection())?.endSec ?? 0) > 0.1);
  });

  it('zooms and scrolls', async () => {
    await press('z');
    await becomes('the selection fills the view', async () => (await spanSec()) < 1);
    await press('f');
    await becomes('everything is shown', async () => Math.abs((await spanSec()) - 4) < 0.01);
    await press('+', '+', '+');
    await becomes('less is shown', async () => (await spanSec()) < 2);
    const { startSec } = await editor.view();
    await press('PageDown');
    await becomes('another page', async () => (await editor.view()).startSec > startSec);
    await press('-', '-', '-');
    await becomes('more is shown', async () => (await spanSec()) > 3.9);
  });

  it('goes to a typed time, by its key and by the command of the workbench', async () => {
    const field = editor.frame.locator('.go-to-input');
    await press('Control+g');
    await field.waitFor();
    await press('2', '.', '5', 'Enter');
    await becomes('the time', async () => (await editor.cursorSec()) === 2.5);
    await runFromPalette(window.page, 'ASR: Go to Time');
    await field.waitFor();
    await becomes('focus in the field', () => field.evaluate((input) => input.matches(':focus')));
    await press('1', 'Enter');
    await becomes('another time', async () => (await editor.cursorSec()) === 1);
  });

  it('plays and stops', async () => {
    const playing = () => editor.frame.locator('.view').getAttribute('data-playing');
    await press('Escape', 'Home', ' ');
    await becomes('it plays', async () => (await playing()) === 'true');
    await press(' ');
    await becomes('it stops', async () => (await playing()) === 'false');
  });

  it('lists its keys, and gives the focus back', async () => {
    await press('?');
    const help = editor.frame.locator('.help');
    await help.waitFor();
    expect(await help.locator('kbd').count()).toBeGreaterThan(20);
    await takeScreenshot(window.page, 'keyboard-help');
    await press('Escape');
    await help.waitFor({ state: 'hidden' });
    expect(await editor.stage.evaluate((stage) => stage.ownerDocument.activeElement === stage)).toBe(true);
  });

  it('offers to train where there is no model yet', async () => {
    await press('Control+a');
    await pressTranscribe(window.page, editor);
    const failure = editor.frame.locator('.result-failure');
    await failure.waitFor();
    expect(await failure.textContent()).toMatch(/no trained model.*Train a Model/);
    await press('Escape');
    await failure.waitFor({ state: 'detached' });
  });

  it('every control can be reached and has a name', async () => {
    const seen: string[] = [];
    for (let i = 0; i < 40; i++) {
      await press('Shift+Tab');
      const active = editor.frame.locator('body :focus').first();
      if ((await active.count()) === 0) break;
      const name = ((await active.getAttribute('aria-label')) || (await active.textContent())?.trim()) ?? '';
      if (seen.includes(name)) break;
      seen.push(name);
    }
    expect(seen).not.toContain('');
    for (const wanted of ['Play', 'Zoom in', 'Show all', 'Colours', 'Details', 'Keyboard shortcuts', 'Transcribe'])
      expect(seen.join('\n')).toContain(wanted);
  });

  it('shows everything as tables, too', async () => {
    const details = editor.frame.locator('vscode-button[aria-label="Details"]');
    await details.focus();
    await press('Enter');
    await editor.frame.locator('.details').waitFor();
    expect(await editor.frame.locator('.details').textContent()).toMatch(/16 kHz.*mono.*80 mel bands/);
    await takeScreenshot(window.page, 'details');
    await press('Enter');
    await editor.frame.locator('.details').waitFor({ state: 'hidden' });
  });

  it('opens lanes for what a model hears', async () => {
    const run = makeRun(workspace, { name: 'talk', createdMs: Date.now(), done: 1, end: { reason: 'done' } });
    await writeTalkativeCheckpoint(`${run}/checkpoints/best`, false);
    await editor.frame.locator('.lanes-menu').last().focus();
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter', 'Escape');
    const units = editor.frame.locator('.status-units:has-text("%")');
    const again = editor.frame.getByRole('button', { name: 'Try Again' });
    await eventually(
      'the probabilities of a model',
      async () => {
        if ((await units.count()) > 0) return true;
        // The run may not have been noticed yet.
        if ((await again.count()) > 0) await again.press('Enter').catch(() => {});
        return undefined;
      },
      60_000,
    );
    await takeScreenshot(window.page, 'lanes');
  });

  it('nothing complains', () => {
    expect(window.complaints).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { findWebview, pickRow, runFromPalette } from '../vscode/harness/browser.ts';
import {
  copyDigits,
  createWorkspace,
  digitsExperiment,
  digitsFolder,
  newestRun,
  unheardSpeaker,
  type Workspace,
} from './support/digits.ts';
import { takeScreenshot, takeThemedScreenshots } from './support/screenshots.ts';
import { openRecording, pressTranscribe, type SpectrogramEditor, waitForTranscript } from './support/spectrogram.ts';
import { openFile, openWindow, statusText, terminalText, type Window, waitForNotification } from './support/window.ts';

const unheard = `7_${unheardSpeaker}_1.wav`;
const heard = '7_jackson_3.wav';
const letters = /^[efghinorstuvwxz]+( [efghinorstuvwxz]+)*$/;

/** The path of a user's first hour, in one window. */
describe.skipIf(!digitsFolder())('from recordings to a transcript', () => {
  let workspace: Workspace;
  let window: Window;

  beforeAll(async () => {
    workspace = createWorkspace();
    copyDigits(workspace, 'train', (_, __, repetition) => repetition < 20);
    copyDigits(workspace, 'dev', (_, __, repetition) => repetition < 3);
    workspace.write('digits.asr.yaml', digitsExperiment);
    window = await openWindow(workspace.folder);
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  it('ASR: Train shows how a run learns, until it is done', async () => {
    const { page } = window;
    await openFile(page, 'digits.asr.yaml');
    await runFromPalette(page, 'ASR: Train');
    const shown = await eventually('progress in the status bar', async () => {
      const text = await statusText(page);
      return /loss/.test(text) ? text : undefined;
    });
    expect(shown).toMatch(/digits \d+\/24 · loss \d/);
    await eventually('progress in the terminal', async () =>
      /epoch \d+\/24/.test(await terminalText(page)) ? true : undefined,
    );
    await takeThemedScreenshots(page, 'training');
    const message = await waitForNotification(page, /Training of "digits"/, 100_000);
    expect(message).toMatch(/is done: best WER \d/);

    const run = newestRun(workspace, 'digits')!;
    expect(run.events.at(-1)).toMatchObject({ kind: 'finished', reason: 'done' });
    const losses = run.events.filter((event) => event.kind === 'step').map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
    expect(await statusText(page)).toMatch(/digits: done · WER/);
  });

  it('ASR: Transcribe File reads a speaker that was not trained on', async () => {
    expect(await transcribeFile(window.page, unheard)).toMatch(letters);
  });

  it('ASR: Transcribe File knows the digit of a recording that was trained on', async () => {
    expect(await transcribeFile(window.page, heard)).toBe('seven');
    await takeThemedScreenshots(window.page, 'transcript');
    await runFromPalette(window.page, 'View: Close All Editors');
  });

  it('ASR: Transcribe Selection puts the text under a stretch that was dragged', async () => {
    const { page } = window;
    const editor = await openRecording(page, unheard);
    await editor.settle();
    const { endSec } = await editor.view();
    await editor.drag(endSec * 0.05, endSec * 0.95);
    const selection = await editor.waitForSelection();
    expect(selection.startSec).toBeCloseTo(endSec * 0.05, 1);
    expect(selection.endSec).toBeCloseTo(endSec * 0.95, 1);
    await runFromPalette(page, 'ASR: Transcribe Selection');
    const { text, words } = await waitForTranscript(editor, selection);
    expect(text).toMatch(letters);
    expect(words.map((word) => word.text).join(' ')).toBe(text);
    await expectUnderSelection(editor, words);
    await takeThemedScreenshots(page, 'transcribed-selection');
  });

  it('Ctrl+Enter transcribes a stretch that was selected by keys', async () => {
    const { page } = window;
    const editor = await openRecording(page, heard);
    await editor.settle();
    await editor.stage.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    const selection = await editor.waitForSelection();
    expect(selection).toEqual({ startSec: 0, endSec: (await editor.view()).endSec });
    await pressTranscribe(page, editor);
    const { text, words } = await waitForTranscript(editor, selection);
    expect(text).toBe('seven');
    await expectUnderSelection(editor, words);
    await page.setViewportSize({ width: 620, height: 800 });
    await runFromPalette(page, 'View: Close Primary Side Bar').catch(() => {});
    await editor.settle();
    await takeScreenshot(page, 'transcribed-narrow');
  });

  it('nothing complains', () => {
    expect(window.complaints).toEqual([]);
  });
});

/** Runs the command on a recording of the list, and gives what the view that opens says was heard. */
async function transcribeFile(page: Window['page'], name: string): Promise<string> {
  await runFromPalette(page, 'ASR: Transcribe File');
  await page.locator('.quick-input-widget:visible .quick-input-box input').first().fill(name);
  await pickRow(page, name);
  const words = `.item-done .pairs[aria-label$=${JSON.stringify(name)}]`;
  const frame = await findWebview(page, words);
  return (await frame.locator(`${words} .said`).allTextContents()).join(' ');
}

async function expectUnderSelection(
  { frame, picture }: SpectrogramEditor,
  words: { left: number; right: number; top: number }[],
): Promise<void> {
  const selected = (await frame.locator('.mark-selection').boundingBox())!;
  const shown = (await picture.boundingBox())!;
  expect(words.length).toBeGreaterThan(0);
  for (const { left, right, top } of words) {
    // Words end with the output frame they end in, which may begin within the stretch.
    expect(left).toBeGreaterThanOrEqual(selected.x - 2);
    expect(right).toBeLessThanOrEqual(selected.x + selected.width + 60);
    expect(top).toBeGreaterThanOrEqual(shown.y + shown.height - 1);
  }
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pickRow, runFromPalette } from '../vscode/harness/browser.ts';
import {
  copyDigits,
  createWorkspace,
  digitsExperiment,
  digitsFolder,
  newestRun,
  unheardSpeaker,
  type Workspace,
} from './support/digits.ts';
import { takeScreenshot } from './support/screenshots.ts';
import { editorText, eventually, openFile, openWindow, type Window, waitForNotification } from './support/window.ts';

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
    const status = page.locator('.statusbar-item[id$="asr.run"]');
    const shown = await eventually('progress in the status bar', async () => {
      const text = (await status.textContent({ timeout: 100 }).catch(() => '')) ?? '';
      return /loss/.test(text) ? text : undefined;
    });
    expect(shown).toMatch(/digits \d+\/16 · loss \d/);
    await eventually('progress in the terminal', async () => {
      const rows = await page.locator('.terminal-wrapper.active .xterm-rows').textContent();
      return /epoch \d+\/16/.test(rows ?? '') ? rows : undefined;
    });
    await takeScreenshot(page, 'training-dark');
    const message = await waitForNotification(page, /Training of "digits"/, 100_000);
    expect(message).toMatch(/is done: best WER \d/);

    const run = newestRun(workspace, 'digits')!;
    expect(run.events.at(-1)).toMatchObject({ kind: 'finished', reason: 'done' });
    const losses = run.events.filter((event) => event.kind === 'step').map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
    expect(await status.textContent()).toMatch(/digits: done · WER/);
  });

  it('ASR: Transcribe File reads a speaker that was not trained on', async () => {
    const { page } = window;
    const text = await transcribeFile(page, `7_${unheardSpeaker}_1.wav`);
    expect(text).toMatch(/^[efghinorstuvwxz ]+$/);
  });

  it('ASR: Transcribe File knows the digit of a recording that was trained on', async () => {
    expect(await transcribeFile(window.page, '7_jackson_3.wav')).toBe('seven');
    await takeScreenshot(window.page, 'transcript-dark');
  });

  it('nothing complains', () => {
    for (const c of window.complaints) console.log(c.slice(0,200).split('\n').slice(0,1).join('|') + '  @@ ' + c.slice(-150).replace(/\n/g, '|'));
    expect(window.complaints).toEqual([]);
  });
});

/** Runs the command on a recording of the list, and gives the text under the title of the document that opens. */
async function transcribeFile(page: Window['page'], name: string): Promise<string> {
  await runFromPalette(page, 'ASR: Transcribe File');
  await page.locator('.quick-input-widget:visible .quick-input-box input').first().fill(name);
  await pickRow(page, name);
  await page
    .locator('.tabs-container .tab.active')
    .filter({ hasText: `${name} transcript` })
    .waitFor();
  const lines = (await editorText(page, 1)).split('\n');
  expect(lines[0]).toBe(`# ${name.replaceAll('_', '\\_')}`);
  return lines[2]!;
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { runFromPalette } from '../vscode/harness/browser.ts';
import { createWorkspace, digitsExperiment, type Workspace } from './support/digits.ts';
import { takeScreenshot } from './support/screenshots.ts';
import { openFile, openWindow, type Window } from './support/window.ts';

describe('an experiment in the editor', () => {
  let workspace: Workspace;
  let window: Window;

  beforeAll(async () => {
    workspace = createWorkspace();
    workspace.write('good.asr.yaml', digitsExperiment);
    workspace.write('wrong.asr.yaml', digitsExperiment.replace('learningRate: 5.0e-3', 'learningRat: 5.0e-3'));
    window = await openWindow(workspace.folder);
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  it('shows how to train it and what its model amounts to', async () => {
    const { page } = window;
    await openFile(page, 'good.asr.yaml');
    await page.locator('.codelens-decoration a').filter({ hasText: 'Train' }).waitFor();
    const facts = page.locator('.codelens-decoration').filter({ hasText: 'parameters' });
    await facts.waitFor();
    // 12 and 24 channels of 3 × 3, a projection of 480 inputs, one bidirectional LSTM of 64, a linear layer to 16 tokens.
    expect(await facts.textContent()).toMatch(/^8\d\.\d k parameters · 50 output frames\/s · /);
    await takeScreenshot(page, 'config');
  });

  it('shows a mistake among the problems, with its message and place', async () => {
    const { page } = window;
    await openFile(page, 'wrong.asr.yaml');
    await page.locator('.squiggly-error').first().waitFor();
    await page.keyboard.press('Control+Shift+M');
    const row = page.locator('.markers-panel .monaco-list-row').filter({ hasText: 'learningRat' }).first();
    await row.waitFor();
    expect(await row.textContent()).toMatch(/learningRat\b.*learningRate\b.*\[Ln 10, Col 14\]/);
    await takeScreenshot(page, 'problems');
  });

  it('ASR: Train goes to the mistake instead of starting', async () => {
    const { page } = window;
    await runFromPalette(page, 'ASR: Train');
    const message = page.locator('.notifications-toasts .notification-list-item-message');
    await message.filter({ hasText: 'wrong.asr.yaml has an error in line 10' }).waitFor();
    const position = await eventually('the cursor', async () => {
      const text = await page.locator('.statusbar-item[id="status.editor.selection"]').textContent();
      return text?.includes('Ln 10') ? text : undefined;
    });
    expect(position).toContain('11 selected');
    expect(await page.locator('.terminal-wrapper').count()).toBe(0);
  });

  it('nothing complains', () => {
    // VS Code also writes the error messages that it shows.
    const others = window.complaints.filter((text) => !text.startsWith('wrong.asr.yaml has an error in line 10'));
    expect(others).toEqual([]);
  });
});

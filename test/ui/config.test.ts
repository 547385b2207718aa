import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { findWebview, runFromPalette } from '../vscode/harness/browser.ts';
import { copyDigits, createWorkspace, digitsExperiment, digitsFolder, type Workspace } from './support/digits.ts';
import { takeScreenshot, takeThemedScreenshots } from './support/screenshots.ts';
import { openFile, openWindow, type Window } from './support/window.ts';

/** What is clicked, and the name of the figure that it shows. */
const figures = {
  'mel filters': /80 mel filters/,
  'receptive field': /Receptive field/,
  'output frames/s': /Output frames per second/,
  plot: /Learning rate: oneCycle/,
};

/** With every block that has a line of its own. */
const experiment = `${digitsExperiment}features: { hopSamples: 160, windowSamples: 400 }\nschedule: { type: oneCycle }\n`;

describe('an experiment in the editor', () => {
  let workspace: Workspace;
  let window: Window;

  beforeAll(async () => {
    workspace = createWorkspace();
    if (digitsFolder()) {
      copyDigits(workspace, 'train', (_, speaker) => speaker === 'jackson');
      copyDigits(workspace, 'dev', (_, speaker) => speaker === 'theo');
    }
    workspace.write('good.asr.yaml', experiment);
    workspace.write('article.asr.yaml', 'preset: article\ndata: { train: [train.jsonl], dev: [dev.jsonl] }\n');
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
    expect(await facts.textContent()).toMatch(/^8\d\.\d k parameters · 50 output frames\/s/);
  });

  it('draws what it implies, with a table that says the same', async () => {
    const { page } = window;
    for (const [title, name] of Object.entries(figures)) {
      await page.locator('.codelens-decoration a').filter({ hasText: title }).first().click();
      const figure = await findWebview(page, 'main h1');
      await figure.getByRole('heading', { name }).waitFor();
      if (title === 'output frames/s') expect(await figure.locator('td.current').textContent()).toMatch(/^50\.0/);
      else {
        await figure.getByRole('img', { name }).waitFor();
        const table = figure.locator('summary');
        await table.press('Enter');
        await figure.locator('tbody tr').nth(1).waitFor();
        await table.press('Enter');
      }
      await takeScreenshot(page, `figure-${title.replace(/\W/g, '-')}`);
    }
    await takeThemedScreenshots(page, 'config');
  });

  it.skipIf(!digitsFolder())('tries learning rates and draws what came of it', async () => {
    const { page } = window;
    await page.locator('.codelens-decoration a').filter({ hasText: 'range test' }).first().click();
    const figure = await findWebview(page, 'main h1', 120_000);
    await figure.getByRole('heading', { name: /^Range test/ }).waitFor({ timeout: 120_000 });
    await takeScreenshot(page, 'figure-range-test');
    await page.keyboard.press('Control+J');
    await page.locator('.terminal-wrapper').waitFor({ state: 'hidden' });
  });

  it('explains the recipe of the article, and mends it in one click', async () => {
    const { page } = window;
    await openFile(page, 'article.asr.yaml');
    await page.locator('.squiggly-error').first().waitFor();
    await page.locator('.codelens-decoration').filter({ hasText: '3.91 output frames/s' }).waitFor();
    await takeScreenshot(page, 'article');
    await page.locator('.view-line', { hasText: 'article' }).first().click();
    await page.keyboard.press('End');
    const fix = page.locator('.action-widget').getByText('Correct the recipe (7 keys)');
    await eventually('the fix', async () => {
      // What is asked while another editor loses the focus is not answered.
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+.');
      return fix.waitFor({ timeout: 5000 }).then(
        () => true,
        () => undefined,
      );
    });
    await fix.click();
    await page.locator('.codelens-decoration').filter({ hasText: '25 output frames/s' }).waitFor();
    await takeScreenshot(page, 'article-corrected');
    await page.keyboard.press('Control+S');
    await page.locator('.tab.active.dirty').waitFor({ state: 'detached' });
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

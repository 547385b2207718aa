import type { Locator, Page } from 'playwright-core';
import { runFromPalette } from '../../vscode/harness/browser.ts';

/** Shows the list of runs and waits for its first row, unless it shall be empty. */
export async function openRunsView(page: Page, empty = false): Promise<void> {
  await runFromPalette(page, 'Focus on Runs View');
  await page
    .locator(empty ? '.welcome-view:visible' : `${list} .monaco-list-row`)
    .first()
    .waitFor();
}

const list = '.pane-body .customview-tree';

/** The row of a run whose label begins with a text. */
export const rowOf = (page: Page, label: string): Locator =>
  page.locator(`${list} .monaco-list-row[aria-label^=${JSON.stringify(`Run ${label}`)}]`).first();

/** What the rows say, from above. */
export async function rowTexts(page: Page): Promise<string[]> {
  const rows = await page.locator(`${list} .monaco-list-row`).evaluateAll((elements) =>
    elements
      .map((row) => ({ top: row.getBoundingClientRect().top, label: row.getAttribute('aria-label') ?? '' }))
      .sort((a, b) => a.top - b.top)
      .map(({ label }) => label),
  );
  return rows.map((label) => label.replaceAll('\u00a0', ' '));
}

/** Chooses an entry of a row's context menu, which takes no click while it is opening. */
export async function chooseFromRow(page: Page, label: string, entry: string): Promise<void> {
  await rowOf(page, label).click({ button: 'right' });
  const action = page.locator('.monaco-menu .action-item').filter({ hasText: entry }).first();
  await action.hover();
  await page.locator('.monaco-menu .action-item.focused').filter({ hasText: entry }).first().waitFor();
  await page.waitForTimeout(300);
  await action.click();
}

/** Answers the dialog that is open. */
export async function answerDialog(page: Page, button: string): Promise<string> {
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.waitFor();
  const text = (await dialog.textContent()) ?? '';
  await dialog.locator('.monaco-button').filter({ hasText: button }).first().click();
  return text;
}

/** Selects rows and no others, without opening their runs as plain clicks would. */
export async function selectRows(page: Page, ...rows: Locator[]): Promise<void> {
  const selected = page.locator(`${list} .monaco-list-row.selected`);
  const control = { modifiers: ['Control'] } satisfies Parameters<Locator['click']>[0];
  while ((await selected.count()) > 0) await selected.first().click(control);
  for (const row of rows) await row.click(control);
  await selected.nth(rows.length - 1).waitFor();
}

/** The row of the only run in a state. */
export const rowIn = (page: Page, state: string): Locator =>
  page.locator(`${list} .monaco-list-row[aria-label*=", ${state},"]`).first();

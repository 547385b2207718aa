import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/shared/problem.ts';
import { annotate, tierOf, words } from '../ui/support/annotatedPage.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { themes } from '../ui/support/themeVariables.ts';
import { durationSec, sentence, useTiersPage } from '../ui/support/tiersPage.ts';

describe('words and labels under the picture', () => {
  const { browser, open, spoken, px, row, drag, item, itemsOf, edited } = useTiersPage();

  it.each(themes)('are told apart in the %s theme', async (theme) => {
    await open(spoken(), { theme, state: { cursorSec: 1 } });
    const box = (await item('quick').boundingBox())!;
    expect(Math.abs(box.x - (await px(0.6)))).toBeLessThanOrEqual(1);
    expect(Math.abs(box.x + box.width - (await px(1)))).toBeLessThanOrEqual(1);
    const fillOf = (text: string) =>
      item(text).evaluate((one) => one.ownerDocument.defaultView!.getComputedStyle(one).backgroundColor);
    const plain = await fillOf('quick');
    await item('quick').focus();
    await takeScreenshot(browser.page, `tiers-${theme}`);
    expect(await fillOf('quick')).not.toBe(plain);
    expect(await fillOf('cough')).not.toBe(await fillOf('quick'));
  });

  it('adds a label for the selection, at the cursor, and in the row that has the focus', async () => {
    const recording = annotate(durationSec, []);
    const { page } = browser;
    await open(recording);
    await page.getByText('No labels: select a stretch and press M.').waitFor();
    await takeScreenshot(page, 'tiers-empty');
    const stage = (await page.locator('.stage').boundingBox())!;
    await page.mouse.move(await px(1), stage.y + 100);
    await page.mouse.down();
    await page.mouse.move(await px(2), stage.y + 100, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.press('m');
    await page.locator('.name-input').waitFor();
    await page.keyboard.type('speech');
    await page.keyboard.press('Enter');
    await edited(recording, 1);
    const [made] = itemsOf(recording, 0);
    expect(made!.text).toBe('speech');
    expect(made!.startSec).toBeCloseTo(1, 2);
    expect(made!.endSec).toBeCloseTo(2, 2);
    await page.locator('.tier-item:focus[aria-selected=true]', { hasText: 'speech' }).waitFor();
    // Given up, nothing stays.
    await page.keyboard.press('Escape');
    await page.locator('.stage:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('End');
    await page.keyboard.press('m');
    await page.locator('.name-input').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.tier-item').count()).toBe(1);
    expect(recording.edits).toHaveLength(1);
    await page.keyboard.press('m');
    await page.keyboard.type('breath');
    await page.keyboard.press('Enter');
    await edited(recording, 2);
    expect(itemsOf(recording, 0)[1]).toMatchObject({ startSec: 3.8, endSec: 4, text: 'breath' });
  });

  it('drags edges to a time, shared ones together, with Shift alone, and whole items with Alt', async () => {
    const recording = spoken();
    await open(recording);
    const secPerPx = durationSec / (await browser.page.locator('.stage').boundingBox())!.width;
    await drag(1, 1.5, 2.2);
    await edited(recording, 1);
    expect(Math.abs(itemsOf(recording, 1)[0]!.endSec - 2.2)).toBeLessThanOrEqual(secPerPx);
    const box = (await item('cough').boundingBox())!;
    expect(Math.abs(box.x + box.width - (await px(2.2)))).toBeLessThanOrEqual(1);
    // The picture shows the same stretch.
    const [from, to] = (await browser.page.locator('.view').getAttribute('data-selection'))!.split(' ').map(Number);
    expect(from).toBe(1);
    expect(to).toBeCloseTo(itemsOf(recording, 1)[0]!.endSec, 3);
    await drag(0, 1 - secPerPx, 1.2);
    await edited(recording, 2);
    expect(recording.edits[1]).toMatchObject({ edit: 'moveBoundary', tier: 'words', item: 2 });
    const [, quick, brown] = itemsOf(recording, 0);
    expect(Math.abs(quick!.endSec - 1.2)).toBeLessThanOrEqual(2 * secPerPx);
    expect(brown!.startSec).toBe(quick!.endSec);
    await browser.page.keyboard.down('Shift');
    await drag(0, 1.8 - secPerPx, 1.6);
    await browser.page.keyboard.up('Shift');
    await edited(recording, 3);
    const [, , , fox, jumps] = itemsOf(recording, 0);
    expect(jumps!.startSec).toBe(1.8);
    expect(Math.abs(fox!.endSec - 1.6)).toBeLessThanOrEqual(2 * secPerPx);
    await browser.page.keyboard.down('Alt');
    await drag(1, 1.5, 2.5);
    await browser.page.keyboard.up('Alt');
    await edited(recording, 4);
    const moved = itemsOf(recording, 1)[0]!;
    expect(Math.abs(moved.startSec - 2)).toBeLessThanOrEqual(2 * secPerPx);
    expect(moved.endSec - moved.startSec).toBeCloseTo(1.2, 1);
    // Given up in the middle of it.
    const { mouse, keyboard } = browser.page;
    await mouse.move(await px(moved.endSec), await row(1));
    await mouse.down();
    await mouse.move(await px(3.9), await row(1), { steps: 4 });
    await keyboard.press('Escape');
    await mouse.up();
    await browser.page.waitForTimeout(100);
    expect(recording.edits).toHaveLength(4);
    const after = (await item('cough').boundingBox())!;
    expect(Math.abs(after.x + after.width - (await px(moved.endSec)))).toBeLessThanOrEqual(1);
  });

  it('renames in place and goes on with Tab; keys of the input stay in it', async () => {
    const recording = spoken();
    const { page } = browser;
    await open(recording);
    await item('quick').dblclick();
    await page.locator('.name-input').waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('slow mx');
    await page.keyboard.press('Tab');
    await edited(recording, 1);
    await expect.poll(() => page.locator('.name-input').inputValue()).toBe('brown');
    await page.keyboard.type('red');
    await page.keyboard.press('Enter');
    await edited(recording, 2);
    expect(itemsOf(recording, 0).map(({ text }) => text)).toEqual(['the', 'slow mx', 'red', ...sentence.slice(3)]);
    await page.locator('.tier-item:focus', { hasText: 'red' }).waitFor();
    await page.keyboard.press('F2');
    await page.locator('.name-input').waitFor();
    await page.keyboard.type('never');
    // Enter that takes what an input method offers.
    await page.locator('.name-input').dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    expect(await page.locator('.name-input').inputValue()).toBe('never');
    await page.keyboard.press('Escape');
    await page.locator('.tier-item:focus', { hasText: 'red' }).waitFor();
    expect(recording.edits).toHaveLength(2);
  });

  it('walks, splits, merges, nudges and deletes by keys; undo reaches the workbench', async () => {
    const recording = spoken();
    const { page } = browser;
    await open(recording, { state: { playOnClick: false } });
    await item('quick').click({ position: { x: 20, y: 10 } });
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.locator('.tier-item:focus', { hasText: 'fox' }).waitFor();
    await page.keyboard.press('d');
    await edited(recording, 1);
    await page.locator('.tier-item:focus[data-item="8"]').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('j');
    await edited(recording, 2);
    expect(itemsOf(recording, 0).map(({ text }) => text)).toEqual(sentence);
    await page.keyboard.press('End');
    await page.locator('.tier-item:focus', { hasText: 'lazy' }).waitFor();
    await page.keyboard.press('Alt+ArrowLeft');
    await edited(recording, 3);
    await page.keyboard.press('Alt+Shift+ArrowRight');
    await edited(recording, 4);
    expect(itemsOf(recording, 0)[6]).toMatchObject({ startSec: 2.6, endSec: 2.991 });
    await page.keyboard.press('Delete');
    await edited(recording, 5);
    await page.locator('.tier-item:focus', { hasText: 'over' }).waitFor();
    // The Tab key stops once in each row, after its menu.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.locator('.tier-item:focus[aria-selected=true]', { hasText: 'cough' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator('.tier-item:focus', { hasText: 'brown' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('.tier-item:focus', { hasText: 'cough' }).waitFor();
    await page.keyboard.press('t');
    await expect.poll(() => recording.shownInText).toEqual([['labels', 1]]);
    await item('cough').locator('.tier-link').click();
    await expect.poll(() => recording.shownInText).toHaveLength(2);
    await page.evaluate('window.addEventListener("keydown", (event) => { window.reached = event.key })');
    await page.keyboard.press('ControlOrMeta+z');
    expect(await page.evaluate('window.reached')).toBe('z');
    const before = recording.document;
    await recording.replace({ ...before, tiers: [tierOf('words', 'reference', words(sentence)), before.tiers[1]!] });
    await item('lazy').waitFor();
    await page.locator('.tier-item:focus', { hasText: 'cough' }).waitFor();
  });

  it('shows why an edit is refused, and takes it back', async () => {
    const fixed = { text: true, times: false, items: false };
    const one = [{ id: 1, startSec: 0, endSec: 4, text: 'A SENTENCE' }];
    const recording = annotate(durationSec, [tierOf('train.jsonl', 'reference', one, { can: fixed, named: false })]);
    const { page } = browser;
    await open(recording, { state: { playOnClick: false } });
    await item('SENTENCE').click();
    await page.keyboard.press('Delete');
    await page.getByRole('alert').filter({ hasText: 'Only the text of “train.jsonl” can be changed.' }).waitFor();
    await takeScreenshot(page, 'tiers-refused');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.refusal').isVisible()).toBe(false);
    await page.keyboard.press('Alt+ArrowLeft');
    await page.getByRole('alert').filter({ hasText: 'holds no times' }).waitFor();
  });

  it('snaps back where the extension refuses', async () => {
    const recording = spoken();
    let refused = 0;
    recording.answers.editAnnotations = async () => {
      refused++;
      throw new UserError('The file <b>is gone</b>.');
    };
    await open(recording, { state: { playOnClick: false } });
    await drag(1, 1.5, 2.2);
    await browser.page.getByRole('alert').filter({ hasText: 'The file <b>is gone</b>.' }).waitFor();
    expect(refused).toBe(1);
    const end = async () => {
      const box = (await item('cough').boundingBox())!;
      return box.x + box.width;
    };
    await expect.poll(end).toBeCloseTo(await px(1.5), 0);
    await item('quick').dblclick();
    await browser.page.keyboard.type('slow');
    await browser.page.keyboard.press('Enter');
    await expect.poll(() => refused).toBe(2);
    await item('quick').waitFor();
  });

  it('offers what can be done in menus', async () => {
    const recording = spoken();
    const { page } = browser;
    await open(recording, { state: { playOnClick: false } });
    await item('brown').click({ button: 'right', position: { x: 60, y: 10 } });
    await takeScreenshot(page, 'tiers-item-menu');
    await page.getByRole('menuitem', { name: 'Split at the cursor' }).click();
    await edited(recording, 1);
    expect(recording.edits[0]).toMatchObject({ edit: 'split', tier: 'words', item: 3 });
    await page.getByRole('button', { name: /^labels, / }).click();
    await takeScreenshot(page, 'tiers-menu');
    await page.getByRole('menuitem', { name: 'Rename row…' }).click();
    await page.getByRole('textbox', { name: 'Name of the row' }).fill('noises');
    await page.keyboard.press('Enter');
    await edited(recording, 2);
    await page.getByRole('button', { name: /^noises, / }).click();
    await page.getByRole('menuitem', { name: 'Add row of points' }).click();
    await edited(recording, 3);
    await page.locator('.tier[data-kind=point]').waitFor();
    await page
      .locator('.tier-body')
      .nth(2)
      .dblclick({ position: { x: 300, y: 10 } });
    await page.keyboard.type('click');
    await page.keyboard.press('Enter');
    await edited(recording, 4);
    expect(itemsOf(recording, 2)).toMatchObject([{ text: 'click' }]);
    await page.getByRole('button', { name: /^noises, / }).click();
    await page.getByRole('menuitem', { name: 'Delete row' }).click();
    await edited(recording, 5);
    expect(recording.document.tiers.map(({ name }) => name)).toEqual(['words', 'points']);
    await page.getByRole('button', { name: 'Labels', exact: true }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Play on click' }).press('Enter');
    await page.keyboard.press('Escape');
    await item('the').click();
    await expect.poll(() => page.locator('.view').getAttribute('data-playing')).toBe('true');
  });
});

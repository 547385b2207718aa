import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/shared/problem.ts';
import { eventually } from '../eventually.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';
import { type AnnotatedRecording, annotate, tierOf, words } from './support/annotatedPage.ts';
import { makeChirp } from './support/madeRecordings.ts';
import { takeScreenshot } from './support/screenshots.ts';
import { openSpectrogramPage, type SpectrogramPage } from './support/spectrogramPage.ts';
import { themes } from './support/themeVariables.ts';
import type { ViewDress } from './support/viewPage.ts';

const durationSec = 4;
const sentence = ['the', 'quick', 'brown', 'fox', 'jumps', 'over', 'lazy'];

describe('words and labels under the picture', () => {
  let browser: Browser;
  let folder: string;
  let shown: SpectrogramPage | undefined;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-tiers-'));
    fs.writeFileSync(path.join(folder, 'chirp.wav'), makeChirp({ durationSec, fromHz: 150, toHz: 7000 }));
    browser = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await shown?.dispose();
    shown = undefined;
    expect(complaints.splice(0)).toEqual([]);
  });

  const open = async (recording: AnnotatedRecording, dress: Partial<ViewDress> = {}) => {
    const file = path.join(folder, 'chirp.wav');
    shown = await openSpectrogramPage(browser.page, file, { theme: 'dark', ...dress }, recording.answers);
    recording.attach(shown.remote);
    await browser.page.locator('.view[data-state=settled]').waitFor();
  };
  const spoken = () =>
    annotate(durationSec, [
      tierOf('words', 'reference', words(sentence)),
      tierOf('labels', 'labels', [{ id: 1, startSec: 1, endSec: 1.5, text: 'cough' }]),
    ]);
  const px = async (sec: number) => {
    const stage = (await browser.page.locator('.stage').boundingBox())!;
    return stage.x + (sec / durationSec) * stage.width;
  };
  const row = async (tier: number) => {
    const box = (await browser.page.locator('.tier-body').nth(tier).boundingBox())!;
    return box.y + 13;
  };
  const drag = async (tier: number, fromSec: number, toSec: number) => {
    const { mouse } = browser.page;
    await mouse.move(await px(fromSec), await row(tier));
    await mouse.down();
    await mouse.move(await px((fromSec + toSec) / 2), await row(tier), { steps: 3 });
    await mouse.move(await px(toSec), await row(tier), { steps: 3 });
    await mouse.up();
  };
  const item = (text: string) => browser.page.locator('.tier-item', { hasText: text });
  const itemsOf = (recording: AnnotatedRecording, tier: number) => recording.document.tiers[tier]!.items;
  const edited = (recording: AnnotatedRecording, count: number) =>
    eventually(`${count} edits`, async () => recording.edits.length === count || undefined, 5000);

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

  it('is a table, too, and tells what is wrong with its files', async () => {
    const recording = spoken();
    const problem = {
      code: 'textgrid-torn',
      severity: 'warning',
      message: 'chirp.TextGrid ends in the middle',
    } as const;
    const { annotations } = recording.answers;
    recording.answers.annotations = async () => ({ ...(await annotations!()), problems: [problem] });
    const { page } = browser;
    await page.setViewportSize({ width: 700, height: 450 });
    try {
      await open(recording, { state: { details: true, viewport: { startSec: 0.9, endSec: 1.9 } } });
      await page.locator('.problems', { hasText: 'ends in the middle' }).waitFor();
      const rows = page.locator('.tier-table tbody tr');
      const cells = () =>
        rows.evaluateAll((all) => all.map((one) => [...one.children].map((cell) => cell.textContent)));
      await expect.poll(cells).toHaveLength(7);
      const names = ['words', 'quick', 'brown', 'fox', 'jumps', 'labels', 'cough'];
      expect((await cells()).map(([name]) => name)).toEqual(names);
      await expect
        .poll(async () => (await cells())[6])
        .toEqual([...['cough', '0:01.000', '0:01.500'], expect.stringMatching(/^\d+\.\d dB$/)]);
      await takeScreenshot(page, 'tiers-zoomed-200');
    } finally {
      await page.setViewportSize({ width: 1400, height: 900 });
    }
  });

  it('highlights what a text editor points at, and brings it into sight', async () => {
    const recording = spoken();
    const { page } = browser;
    await open(recording, { state: { viewport: { startSec: 0, endSec: 0.5 } } });
    await shown!.remote.annotationPointedAt('words', 7);
    await page.locator('.tier-item.pointed', { hasText: 'lazy' }).waitFor();
    expect(Number(await page.locator('.view').getAttribute('data-end-sec'))).toBeGreaterThan(2.9);
  });

  it('scrolls where there are many rows, and says when there are none', async () => {
    const tiers = Array.from({ length: 20 }, (_, i) => tierOf(`speaker_${i}`, 'labels', words(sentence)));
    const recording = annotate(durationSec, tiers);
    const { page } = browser;
    await open(recording, { state: { cursorSec: 1.5 } });
    const boxes = await page.locator('.tier').evaluateAll((rows) => rows.map((one) => one.getBoundingClientRect()));
    for (const [i, box] of boxes.slice(1).entries()) expect(box.top).toBeGreaterThanOrEqual(boxes[i]!.bottom);
    const [startSec, endSec] = ['data-start-sec', 'data-end-sec'];
    const view = async () => [
      await page.locator('.view').getAttribute(startSec!),
      await page.locator('.view').getAttribute(endSec!),
    ];
    const before = await view();
    await page.mouse.move(await px(2), await row(3));
    await page.mouse.wheel(0, 200);
    await expect.poll(() => page.locator('.track-scroller').evaluate((one) => one.scrollTop)).toBeGreaterThan(100);
    expect(await view()).toEqual(before);
    await takeScreenshot(page, 'tiers-rows');
    await recording.replace({ durationSec, tiers: [] });
    await page.getByText('No labels: select a stretch and press M.').waitFor();
    await page.getByRole('button', { name: 'What is looked for' }).click();
    await page.getByText('A transcript is looked for in manifests').waitFor();
    await page.keyboard.press('Escape');
    await recording.replace({ durationSec, tiers: [tiers[0]!] });
    await item('quick').waitFor();
    await page.mouse.move(await px(2), await row(0));
    await page.mouse.wheel(0, -200);
    await expect.poll(view).not.toEqual(before);
  });

  it('keeps hostile labels as text', async () => {
    const payloads = hostileTexts();
    const items = payloads.map((text, i) => ({ id: i + 1, startSec: i * 0.1, endSec: (i + 1) * 0.1, text }));
    const recording = annotate(durationSec, [tierOf('<b>t</b>\u202e', 'labels', items)]);
    const { page } = browser;
    await open(recording, { state: { details: true, playOnClick: false } });
    await page.evaluate('window.hacked = undefined');
    for (let i = 0; i < payloads.length; i += 7) {
      await page.locator(`.tier-item[data-item="${i + 1}"]`).dblclick();
      await page.locator('.name-input').waitFor();
      await page.keyboard.press('Enter');
    }
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('.tracks img, .tracks script, .details img, .details script, .tracks b').count()).toBe(0);
    // Writing nothing changes nothing, whatever an input does to a text.
    expect(recording.edits).toEqual([]);
    const longest = await page.evaluate(
      'Math.max(...[...document.querySelectorAll(".tier-text")].map((one) => one.textContent.length))',
    );
    expect(longest).toBeLessThan(1300);
    await takeScreenshot(page, 'tiers-hostile');
  });

  it('draws 20,000 items in a frame, at every zoom', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
    const items = many.map((text, i) => ({
      ...{ id: i + 1, text },
      startSec: (i / 20_000) * durationSec,
      endSec: ((i + 1) / 20_000) * durationSec,
    }));
    const recording = annotate(durationSec, [tierOf('words', 'reference', items)]);
    const { page } = browser;
    await open(recording);
    await page.locator('.tier-bar').first().waitFor();
    expect(await page.locator('.tier-item').count()).toBeLessThan(5);
    await takeScreenshot(page, 'tiers-many');
    // The picture is painted in software here, which takes longer than anything that is looked at.
    await page.addStyleTag({ content: 'canvas { display: none !important; }' });
    const { boxes, medianMs, p95Ms } = (await page.evaluate(measureFrames)) as Record<string, number>;
    console.log(`20,000 items: ${boxes} boxes at most; frames of ${medianMs} ms, p95 ${p95Ms} ms`);
    expect(boxes).toBeGreaterThan(100);
    expect(boxes).toBeLessThan(500);
    expect(medianMs).toBeLessThan(50);
  });

  it('fits a narrow panel, in Chinese', async () => {
    await browser.page.setViewportSize({ width: 400, height: 640 });
    try {
      const points = [0.5, 1.2, 2.5].map((startSec, i) => ({ id: i + 1, startSec, endSec: startSec, text: `点${i}` }));
      const recording = annotate(durationSec, [
        ...spoken().document.tiers,
        tierOf('a long name of points', 'labels', points, { kind: 'point' }),
      ]);
      await open(recording, { language: 'zh-cn' });
      await takeScreenshot(browser.page, 'tiers-narrow');
    } finally {
      await browser.page.setViewportSize({ width: 1400, height: 900 });
    }
  });
});

function hostileTexts(): string[] {
  const script = [
    '<img src=x onerror=hacked=1>',
    '<script>hacked=1</script>',
    '"><svg onload=hacked=1>',
    '{{hacked=1}}',
  ];
  const acting = ['\u202egnp.exe', '\u0000nul', 'a\u2028b', 'two\nlines\r\nmore', '\u001b[31mred', '\u2066isolate'];
  const long = ['x'.repeat(10_000), '\u0301'.repeat(500), '👩‍👩‍👧‍👦'.repeat(200), ' '.repeat(50), ''];
  const kinds = [...script, ...acting, ...long, 'javascript:hacked=1', "'; hacked=1; '", '&lt;b&gt;', '\ud800lone'];
  return Array.from({ length: 40 }, (_, i) => `${kinds[i % kinds.length]}${i < kinds.length ? '' : i}`);
}

/** Zooms from all to the closest with the wheel: how long the work of frames takes, and how many boxes there were. */
const measureFrames = `(async () => {
  const stage = document.querySelector('.stage');
  const box = stage.getBoundingClientRect();
  const event = (deltaY) => new WheelEvent('wheel', { deltaY, clientX: box.x + box.width / 2, clientY: box.y + 100, bubbles: true, cancelable: true });
  const all = [];
  let boxes = 0;
  for (const deltaY of [...Array(40).fill(-80), ...Array(40).fill(80)]) {
    stage.dispatchEvent(event(deltaY));
    await new Promise((resolve) => requestAnimationFrame(() => {
      const begin = performance.now();
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { all.push(performance.now() - begin); resolve(); };
      channel.port2.postMessage(0);
    }));
    boxes = Math.max(boxes, document.querySelectorAll('.tier-item').length);
  }
  all.sort((a, b) => a - b);
  return { p95Ms: Math.round(all[Math.floor(all.length * 0.95)]), medianMs: Math.round(all[all.length >> 1]), boxes };
})()`;

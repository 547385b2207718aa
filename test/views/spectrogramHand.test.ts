import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SpectrogramHost } from '../../src/shared/protocol/spectrogram.ts';
import type { AnnotationTier } from '../../src/shared/protocol/spectrogramAnnotations.ts';
import { eventually } from '../eventually.ts';
import { longestTasksMs } from '../ui/support/longestTask.ts';
import { makeChirp, writeLongRecording } from '../ui/support/madeRecordings.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSpectrogramPage, type SpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { themes } from '../ui/support/themeVariables.ts';
import type { ViewDress } from '../ui/support/viewPage.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

describe('the spectrogram editor under the hand', () => {
  let browser: Browser;
  let folder: string;
  let shown: SpectrogramPage | undefined;
  const complaints: string[] = [];
  const open = async (
    name: string,
    state: object = {},
    answers: Partial<SpectrogramHost> = {},
    dress: Partial<ViewDress> = {},
  ) => {
    await shown?.dispose();
    shown = await openSpectrogramPage(
      browser.page,
      path.join(folder, name),
      { theme: 'dark', state, ...dress },
      answers,
    );
    await browser.page.locator('.view[data-state=settled]').waitFor();
  };
  const view = () => browser.page.locator('.view');
  const read = () =>
    view().evaluate(({ dataset }) => ({
      ...{ startSec: +dataset.startSec!, endSec: +dataset.endSec!, lowHz: +dataset.lowHz!, highHz: +dataset.highHz! },
      ...{ cursorSec: +dataset.cursorSec!, selection: dataset.selection!.split(' ').map(Number) },
    }));
  type Seen = Awaited<ReturnType<typeof read>>;
  /** What hand and keys change is shown a frame later. */
  const becomes = (what: string, holds: (seen: Seen) => boolean) =>
    eventually(
      what,
      async () => {
        const seen = await read();
        return holds(seen) ? seen : undefined;
      },
      5000,
    );
  const boxOf = async (what: string) => (await browser.page.locator(what).boundingBox())!;
  const drag = async (from: [number, number], to: [number, number], button: 'left' | 'middle' | 'right' = 'left') => {
    const { mouse } = browser.page;
    await mouse.move(...from);
    await mouse.down({ button });
    await mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 3 });
    await mouse.move(...to, { steps: 3 });
    await mouse.up({ button });
  };
  const press = async (...keys: string[]) => {
    for (const key of keys) await browser.page.keyboard.press(key);
  };
  const showsAll = ({ startSec, endSec, highHz }: Seen) => startSec === 0 && endSec === 4 && highHz > 7800;

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-hand-'));
    fs.writeFileSync(path.join(folder, 'chirp.wav'), makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    fs.writeFileSync(path.join(folder, 'sine.wav'), makeChirp({ durationSec: 2, fromHz: 100, toHz: 100.0001 }));
    writeLongRecording(path.join(folder, 'minute.wav'), 1);
    browser = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    browser.page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(async () => {
    await shown?.dispose();
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  it('shows a part of the frequencies, on the axis, in the picture and under the pointer', async () => {
    const { page } = browser;
    await open('chirp.wav', { bands: { low: 0.25, high: 0.5 }, viewport: { startSec: 0.5, endSec: 2.5 } });
    await takeScreenshot(page, 'hand-bands');
    const [lowHz, highHz] = await page.locator('.view').evaluate(({ dataset }) => [+dataset.lowHz!, +dataset.highHz!]);
    expect(lowHz).toBeGreaterThan(500);
    expect(highHz).toBeLessThan(2500);
    // The chirp is where its pitch is on the visible axis: the reading there is loud, and says that pitch.
    const box = (await page.locator('.spectrogram').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 1);
    const text = await page.locator('.band-tag').textContent();
    expect(text).toMatch(/kHz/);
    expect(Number.parseFloat(text!) * 1000).toBeCloseTo(highHz!, -2);
  });

  it('zooms time by the wheel, frequencies with Ctrl and on their axis, and what the lock leaves free', async () => {
    const { mouse, keyboard } = browser.page;
    await open('chirp.wav');
    const lane = await boxOf('.spectrogram');
    const axis = await boxOf('.frequencies');
    await mouse.move(lane.x + lane.width / 2, lane.y + lane.height / 2);
    await mouse.wheel(0, -300);
    const timed = await becomes('less time', ({ startSec, endSec }) => endSec - startSec < 3);
    expect(timed.highHz - timed.lowHz).toBeGreaterThan(7800);
    await keyboard.down('Control');
    await mouse.wheel(0, -300);
    await keyboard.up('Control');
    const both = await becomes('fewer frequencies', ({ lowHz, highHz }) => highHz - lowHz < 6000);
    expect(both.startSec).toBe(timed.startSec);
    await mouse.move(axis.x + axis.width / 2, axis.y + axis.height / 2);
    await mouse.wheel(0, -200);
    const near = await becomes('fewer still', (seen) => seen.highHz - seen.lowHz < both.highHz - both.lowHz - 100);
    await drag([axis.x + 20, axis.y + 100], [axis.x + 20, axis.y + 180]);
    await becomes('higher ones', ({ lowHz }) => lowHz > near.lowHz + 50);
    // Time only: the wheel with Ctrl zooms time, and the frequency axis stays.
    await press('k');
    const before = await read();
    await mouse.wheel(0, -200);
    await mouse.move(lane.x + lane.width / 2, lane.y + lane.height / 2);
    await keyboard.down('Control');
    await mouse.wheel(0, -200);
    await keyboard.up('Control');
    const locked = await becomes('less time', (seen) => seen.endSec - seen.startSec < before.endSec - before.startSec);
    expect([locked.lowHz, locked.highHz]).toEqual([before.lowHz, before.highHz]);
    await mouse.click(lane.x + 40, lane.y + 40, { button: 'right' });
    const reset = await becomes('all time', ({ startSec, endSec }) => startSec === 0 && endSec === 4);
    expect(reset.highHz).toBe(before.highHz);
    // Frequencies only.
    await press('k');
    await mouse.wheel(0, 500);
    const wide = await becomes(
      'more frequencies',
      ({ lowHz, highHz }) => highHz - lowHz > before.highHz - before.lowHz,
    );
    expect([wide.startSec, wide.endSec]).toEqual([0, 4]);
  });

  it('zooms to a rectangle, pans with the middle button, and goes back and forward through the views', async () => {
    const { page } = browser;
    await open('chirp.wav');
    const lane = await boxOf('.spectrogram');
    const at = (x: number, y: number): [number, number] => [lane.x + x * lane.width, lane.y + y * lane.height];
    await page.keyboard.down('Alt');
    await drag(at(0.25, 0.2), at(0.5, 0.6));
    await page.keyboard.up('Alt');
    const box = await becomes('the rectangle', ({ startSec }) => startSec > 0.9);
    expect(box.startSec).toBeCloseTo(1, 1);
    expect(box.endSec).toBeCloseTo(2, 1);
    expect(box.selection).toEqual([0]);
    await drag(at(0.5, 0.5), at(0.3, 0.6), 'middle');
    const panned = await becomes('what lies beside', ({ startSec }) => Math.abs(startSec - box.startSec - 0.2) < 0.01);
    expect(panned.lowHz).toBeGreaterThan(box.lowHz);
    await page.keyboard.down('Shift');
    await drag(at(0.5, 0.5), at(0.7, 0.55), 'middle');
    await page.keyboard.up('Shift');
    const straight = await becomes('back in time', ({ startSec }) => Math.abs(startSec - box.startSec) < 0.01);
    expect(straight.lowHz).toBe(panned.lowHz);
    await press('Alt+ArrowLeft');
    await becomes('the view before', (seen) => seen.startSec === panned.startSec);
    await press('Alt+ArrowLeft', 'Alt+ArrowLeft');
    await becomes('everything', showsAll);
    expect(await page.locator('vscode-button[aria-label^="Previous view"]').getAttribute('disabled')).not.toBeNull();
    await page.locator('vscode-button[aria-label^="Next view"]').click();
    await becomes('the rectangle again', (seen) => seen.startSec === box.startSec && seen.highHz === box.highHz);
    await page.evaluate(
      'document.addEventListener("contextmenu", (event) => (window.menuAllowed = !event.defaultPrevented))',
    );
    await page.mouse.click(...at(0.5, 0.5), { button: 'right' });
    expect(await page.evaluate('window.menuAllowed')).toBe(false);
    await becomes('everything', showsAll);
  });

  it('draws rectangles with its tool until Esc, also of all times or all frequencies', async () => {
    const { page } = browser;
    await open('chirp.wav');
    const lane = await boxOf('.spectrogram');
    await press('b');
    await drag([lane.x + 200, lane.y + 100], [lane.x + 400, lane.y + 104]);
    const wide = await becomes('a stretch', ({ startSec }) => startSec > 0.1);
    expect(wide.highHz).toBeGreaterThan(7800);
    await drag([lane.x + 200, lane.y + 100], [lane.x + 203, lane.y + 300]);
    const high = await becomes('some frequencies', ({ highHz }) => highHz < 7000);
    expect(high.startSec).toBe(wide.startSec);
    await page.mouse.move(lane.x + 100, lane.y + 100);
    await page.mouse.down();
    await page.mouse.move(lane.x + 500, lane.y + 400, { steps: 3 });
    await takeScreenshot(page, 'hand-box');
    await press('Escape');
    await page.mouse.up();
    await page.locator('.mark-box').waitFor({ state: 'hidden' });
    expect((await read()).startSec).toBe(wide.startSec);
    await press('Escape');
    await drag([lane.x + 100, lane.y + 100], [lane.x + 300, lane.y + 200]);
    await becomes('a selection', ({ selection }) => selection.length === 2);
    expect((await read()).startSec).toBe(wide.startSec);
  });

  it('goes to a typed time, sample and frame, and says what is wrong with others', async () => {
    const { page } = browser;
    await open('chirp.wav', { viewport: { startSec: 0, endSec: 0.5 } });
    const go = async (text: string) => {
      await press('g');
      await page.locator('.go-to-input').fill(text);
      await press('Enter');
    };
    await go('0:02.5');
    const there = await becomes('the time', ({ cursorSec }) => cursorSec === 2.5);
    expect((there.startSec + there.endSec) / 2).toBeCloseTo(2.5, 3);
    await go('s16000');
    await becomes('the sample', ({ cursorSec }) => cursorSec === 1);
    await go('f300');
    await becomes('the frame', ({ cursorSec }) => cursorSec === 3);
    await go('-0.25');
    await becomes('a distance', ({ cursorSec }) => cursorSec === 2.75);
    await go('4.2');
    const wrong = page.locator('.go-to-wrong');
    await wrong.waitFor();
    expect(await wrong.textContent()).toMatch(/ends at 0:04\.000/);
    await takeScreenshot(page, 'hand-go-to');
    await press('Escape');
    expect(await page.locator(':focus').getAttribute('class')).toBe('stage');
    expect((await read()).cursorSec).toBe(2.75);
  });

  it('draws edges of the selection to zero crossings, unless Ctrl is held', async () => {
    const { page } = browser;
    // 100 Hz from a sixteenth of a second on: it crosses zero each 5 ms.
    await open('sine.wav', { snap: 'zero', viewport: { startSec: 0.4, endSec: 0.8 } });
    const lane = await boxOf('.spectrogram');
    const px = (sec: number) => lane.x + ((sec - 0.4) / 0.4) * lane.width;
    const far = (sec: number) => Math.abs(sec / 0.005 - Math.round(sec / 0.005)) * 0.005;
    await drag([px(0.5013), lane.y + 50], [px(0.6988), lane.y + 60]);
    const snapped = await becomes(
      'crossings',
      ({ selection }) => selection.length === 2 && selection.every((sec: number) => far(sec) < 0.0001),
    );
    expect(snapped.selection).toEqual([0.5, 0.7]);
    await press('Escape', 'Home');
    await page.keyboard.down('Control');
    await drag([px(0.5013), lane.y + 50], [px(0.6988), lane.y + 60]);
    await page.keyboard.up('Control');
    const free = await becomes('a selection', ({ selection }) => selection.length === 2);
    expect(Math.max(...free.selection.map(far))).toBeGreaterThan(0.0008);
    await press('Escape', 'g');
    await page.locator('.go-to-input').fill('0.5013');
    await press('Enter', 'i');
    await becomes('a crossing by key', ({ selection }) => selection[0] === 0.5);
  });

  it('draws edges to words and labels', async () => {
    const words = [{ text: 'up', startSec: 1.25, endSec: 2.125 }];
    const transcript = { startSec: 1, endSec: 3, text: 'up', model: 'run', words };
    const tier: AnnotationTier = {
      ...{ id: 'one', name: 'labels', role: 'labels', kind: 'interval', file: '', format: 'new' },
      can: { text: true, times: true, items: true },
      items: [{ id: 1, startSec: 3.25, endSec: 3.5, text: 'noise' }],
    };
    const set = { version: 1, tiers: [tier], dirty: false, problems: [] };
    await open('chirp.wav', { snap: 'words', transcripts: [transcript] }, { annotations: async () => set });
    const lane = await boxOf('.spectrogram');
    const px = (sec: number) => lane.x + (sec / 4) * lane.width;
    const select = async (fromSec: number, toSec: number) => {
      await press('Escape');
      await becomes('nothing', ({ selection }) => selection.length === 1);
      await drag([px(fromSec) + 4, lane.y + 50], [px(toSec) - 4, lane.y + 60]);
      return (await becomes('a selection', ({ selection }) => selection.length === 2)).selection;
    };
    expect(await select(1.25, 2.125)).toEqual([1.25, 2.125]);
    expect(await select(3.25, 3.5)).toEqual([3.25, 3.5]);
  });

  it('selects by keys alone', async () => {
    await open('chirp.wav', { viewport: { startSec: 1, endSec: 2 }, cursorSec: 1.5 });
    await press('Shift+ArrowRight', 'Shift+ArrowRight');
    const begun = await becomes('a selection', ({ selection }) => (selection[1] ?? 0) > 1.512);
    expect(begun.selection[0]).toBe(1.5);
    await press('x', 'Shift+ArrowLeft');
    const other = await becomes('its other end', ({ selection }) => selection[0]! < 1.5);
    expect(other.selection[1]).toBe(begun.selection[1]);
    await press('Alt+Shift+ArrowRight');
    const moved = await becomes('another place', ({ selection }) => selection[1]! > other.selection[1]!);
    expect(moved.selection[1]! - moved.selection[0]!).toBeCloseTo(other.selection[1]! - other.selection[0]!, 3);
    await press('v');
    await becomes('what is seen', ({ selection }) => selection[0] === 1 && selection[1] === 2);
    await eventually('words about it', async () =>
      (await view().locator('.announced').textContent()) === 'Selected 0:01.000 to 0:02.000' ? true : undefined,
    );
    await press('Control+ArrowUp', 'Control+ArrowUp');
    const near = await becomes('fewer frequencies', ({ lowHz, highHz }) => highHz - lowHz < 5000);
    await press('Control+Shift+ArrowUp');
    await becomes('higher ones', ({ lowHz }) => lowHz > near.lowHz);
    await press('0');
    await becomes('everything', showsAll);
  });

  it('scrolls when a selection is dragged beyond the edge', async () => {
    const { page } = browser;
    await open('chirp.wav', { viewport: { startSec: 0, endSec: 1 } });
    const stage = await boxOf('.stage');
    await page.mouse.move(stage.x + stage.width / 2, stage.y + 50);
    await page.mouse.down();
    await page.mouse.move(stage.x + stage.width + 40, stage.y + 60, { steps: 4 });
    const there = await becomes('what lies ahead', ({ startSec }) => startSec > 0.2);
    await page.mouse.up();
    const { selection } = await becomes('a selection', (seen) => seen.selection.length === 2);
    expect(selection[0]).toBeCloseTo(0.5, 3);
    expect(selection[1]).toBeGreaterThan(there.endSec - 0.1);
    await press('Alt+ArrowLeft');
    await becomes('where it began', ({ startSec, endSec }) => startSec === 0 && endSec === 1);
  });

  it('keeps the page free while it is panned', async () => {
    const { page } = browser;
    await open('minute.wav', { viewport: { startSec: 20, endSec: 24 } });
    const lane = await boxOf('.spectrogram');
    const tasksMs = await longestTasksMs(browser.context, page, async () => {
      await page.mouse.move(lane.x + 1000, lane.y + 300);
      await page.mouse.down({ button: 'middle' });
      for (let i = 0; i < 60; i++) await page.mouse.move(lane.x + 1000 - i * 15, lane.y + 300 + (i % 7));
      await page.mouse.up({ button: 'middle' });
      for (let i = 0; i < 15; i++) await page.mouse.wheel(i % 5 === 0 ? -300 : 120, 0);
      await page.locator('.view[data-state=settled]').waitFor();
    });
    expect(tasksMs.length).toBeGreaterThan(30);
    expect(tasksMs[0]).toBeLessThan(50);
  });

  it.each(themes)('looks as it should in a narrow view of the %s theme', async (theme) => {
    const { page } = browser;
    const state = { bands: { low: 0.2, high: 0.6 }, snap: 'zero', selection: { anchorSec: 1, headSec: 2 } };
    for (const [width, height] of [
      [700, 450],
      [360, 600],
    ] as const) {
      await page.setViewportSize({ width, height });
      await open('chirp.wav', state, {}, { theme });
      const outside = await page
        .locator('.toolbar vscode-button, .toolbar vscode-dropdown')
        .evaluateAll(
          (tools, right) => tools.filter((tool) => tool.getBoundingClientRect().right > right).length,
          width,
        );
      expect(outside).toBe(0);
      await press('g');
      await page.locator('.go-to-input').fill('soon');
      await press('Enter');
      await takeScreenshot(page, `hand-${width}-${theme}`);
      await press('Escape');
      if (width > 360) continue;
      await page.locator('vscode-button[aria-label="Zooming and snapping"]').click();
      await takeScreenshot(page, `hand-menu-${width}-${theme}`);
      await press('Escape');
      await page.locator('vscode-button[aria-label^="Keyboard shortcuts"]').click();
      await page.locator('.help[open]').waitFor();
      await takeScreenshot(page, `hand-help-${width}-${theme}`);
    }
    await page.setViewportSize({ width: 1400, height: 900 });
  });
});

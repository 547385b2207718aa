import type { Frame, Locator, Page } from 'playwright-core';
import { eventually } from '../../eventually.ts';
import { findWebview } from '../../vscode/harness/browser.ts';
import { openFile } from './window.ts';

export interface Stretch {
  startSec: number;
  endSec: number;
}

/** The spectrogram editor of one recording, driven from outside. */
export interface SpectrogramEditor {
  frame: Frame;
  /** Where time is pointed at: waveform and spectrogram. */
  stage: Locator;
  /** The picture alone. */
  picture: Locator;
  /** What is visible. */
  view(): Promise<Stretch>;
  selection(): Promise<Stretch | undefined>;
  /** The selection once there is one: it is shown a frame after what makes it. */
  waitForSelection(): Promise<Stretch>;
  cursorSec(): Promise<number>;
  /** Waits until everything in sight is painted in full. */
  settle(): Promise<void>;
  drag(fromSec: number, toSec: number): Promise<void>;
}

export async function openRecording(page: Page, name: string): Promise<SpectrogramEditor> {
  await openFile(page, name);
  return findSpectrogram(page, name);
}

export async function findSpectrogram(page: Page, name: string): Promise<SpectrogramEditor> {
  const frame = await findWebview(page, `.stage[aria-label$=${JSON.stringify(name)}]`);
  const root = frame.locator('.view');
  const stage = frame.locator('.stage');
  const read = async (key: string) => (await root.getAttribute(`data-${key}`)) ?? '';
  const view = async () => ({ startSec: Number(await read('start-sec')), endSec: Number(await read('end-sec')) });
  const selection = async () => {
    const [startSec, endSec] = (await read('selection')).split(' ').map(Number);
    return endSec === undefined ? undefined : { startSec: startSec!, endSec };
  };
  return {
    frame,
    stage,
    picture: frame.locator('.spectrogram'),
    view,
    selection,
    waitForSelection: () => eventually(`a selection in ${name}`, selection, 10_000),
    cursorSec: async () => Number(await read('cursor-sec')),
    settle: () => settle(frame, name),
    async drag(fromSec, toSec) {
      const [{ startSec, endSec }, box] = [await view(), (await stage.boundingBox())!];
      const px = (sec: number) => box.x + ((sec - startSec) / (endSec - startSec)) * box.width;
      const y = box.y + box.height * 0.6;
      await page.mouse.move(px(fromSec), y);
      await page.mouse.down();
      await page.mouse.move(px((fromSec + toSec) / 2), y, { steps: 4 });
      await page.mouse.move(px(toSec), y, { steps: 4 });
      await page.mouse.up();
    },
  };
}

async function settle(frame: Frame, name: string): Promise<void> {
  const root = frame.locator('.view');
  await eventually(
    `the whole picture of ${name}`,
    async () =>
      (await root.getAttribute('data-state')) === 'settled' && (await root.getAttribute('data-surveyed')) === '1.000'
        ? true
        : undefined,
    60_000,
  );
}

/** Ctrl+Enter is the workbench's to bind; a busy one learns late which editor is active, and ignores it until then. */
export async function pressTranscribe(page: Page, { frame }: SpectrogramEditor): Promise<void> {
  const answer = frame.locator('.results');
  for (let presses = 0; presses < 10; presses++) {
    await page.keyboard.press('Control+Enter');
    try {
      return await answer.waitFor({ timeout: 5000 });
    } catch {
      // Not taken yet.
    }
  }
  throw new Error('Ctrl+Enter transcribed nothing');
}

export interface ShownTranscript {
  text: string;
  /** Boxes of the words in the lane, in pixels of the page. */
  words: { text: string; left: number; right: number; top: number }[];
}

/** The transcript of a stretch, once it is shown. */
export async function waitForTranscript({ frame }: SpectrogramEditor, stretch: Stretch): Promise<ShownTranscript> {
  const result = frame.locator('.result:not(.result-pending):not(.result-failure)').first();
  await result.waitFor({ timeout: 60_000 });
  const [start, end] = ((await result.locator('.result-range').textContent()) ?? '').split(' – ').map(secondsOf);
  if (Math.abs(start! - stretch.startSec) > 0.011 || Math.abs(end! - stretch.endSec) > 0.011)
    throw new Error(`the transcript is of ${start} to ${end} s, not of ${stretch.startSec} to ${stretch.endSec} s`);
  const words: ShownTranscript['words'] = [];
  for (const word of await frame.locator('.words .word').all()) {
    const box = (await word.boundingBox())!;
    words.push({ text: (await word.textContent()) ?? '', left: box.x, right: box.x + box.width, top: box.y });
  }
  return { text: (await result.locator('.result-text').textContent()) ?? '', words };
}

/** `1:02.50` in seconds. */
const secondsOf = (time: string): number => time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

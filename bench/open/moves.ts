import type { Frame, Page } from 'playwright-core';
import { watchedIn } from './benchWindow.ts';

/** How the view follows the hand. */
export interface Moves {
  /** Milliseconds from an event until the frame with its whole picture was painted. */
  cachedMs: number[];
  uncachedMs: number[];
  /** Tasks of the view's thread longer than 50 ms while its ruler was dragged for some seconds. */
  longTasksMs: number[];
  /** Times between frames meanwhile. */
  frameGapsMs: number[];
}

interface Step {
  ms: number;
  fetched: boolean;
}

/** Zooms in and out and pans, at several places of the recording: what is new first, then the same way back and forth. */
export async function tryMoves(page: Page, frame: Frame): Promise<Moves> {
  const box = (await frame.locator('.stage').boundingBox())!;
  const moves: Moves = { cachedMs: [], uncachedMs: [], longTasksMs: [], frameGapsMs: [] };
  const wheel = async (deltaX: number, deltaY: number): Promise<Step | undefined> => {
    const following = frame.evaluate<Step | undefined>('watched.nextStep()');
    // The listener is there when a second message has been answered.
    await frame.evaluate('0');
    await page.mouse.wheel(deltaX, deltaY);
    return following;
  };
  const walk = async (steps: [number, number][], again: boolean) => {
    for (const [deltaX, deltaY] of steps) {
      const step = await wheel(deltaX, deltaY);
      if (!step) continue;
      if (again) moves.cachedMs.push(step.ms);
      else if (step.fetched) moves.uncachedMs.push(step.ms);
    }
  };
  for (const place of [0.31, 0.72]) {
    await page.mouse.move(box.x + box.width * place, box.y + box.height * 0.6);
    await frame
      .locator('.stage')
      .press('Control+0')
      .catch(() => {});
    const zoomIn = Array.from({ length: 14 }, (): [number, number] => [0, -240]);
    const panRight = Array.from({ length: 10 }, (): [number, number] => [400, 0]);
    const back = [...zoomIn, ...panRight].reverse().map(([x, y]): [number, number] => [-x, -y]);
    await walk([...zoomIn, ...panRight], false);
    await walk(back, true);
    await walk([...zoomIn, ...panRight], true);
    await walk(back, true);
  }
  await frame.evaluate('watched.watchFrames()');
  await dragRuler(page, frame);
  const { longTasks, frameGaps } = await watchedIn(frame);
  moves.longTasksMs.push(...longTasks.map(({ durationMs }) => durationMs));
  moves.frameGapsMs.push(...frameGaps);
  return moves;
}

/** Drags the time axis to and fro at two zooms, each new stretch of the recording for the first time. */
async function dragRuler(page: Page, frame: Frame): Promise<void> {
  const box = (await frame.locator('.ruler').boundingBox())!;
  const y = box.y + box.height / 2;
  for (const zooms of [4, 6]) {
    await page.mouse.move(box.x + box.width / 2, y);
    for (let i = 0; i < zooms; i++) await page.mouse.wheel(0, -240);
    for (let drag = 0; drag < 3; drag++) {
      await page.mouse.move(box.x + box.width - 20, y);
      await page.mouse.down();
      for (let i = 1; i <= 60; i++) await page.mouse.move(box.x + box.width - 20 - (i * (box.width - 40)) / 60, y);
      await page.mouse.up();
    }
  }
}

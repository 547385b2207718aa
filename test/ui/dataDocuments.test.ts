import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { createWorkspace, type Workspace } from './support/digits.ts';
import { openFile, openWindow, type Window } from './support/window.ts';

describe('a manifest in the editor', () => {
  let workspace: Workspace;
  let window: Window;

  beforeAll(async () => {
    workspace = createWorkspace();
    const sweep = Float32Array.from({ length: 24_000 }, (_, i) => 0.4 * Math.sin((i / 16_000) ** 2 * 4000));
    fs.writeFileSync(path.join(workspace.folder, 'sweep.wav'), writeWav([sweep], 16_000));
    workspace.write(
      'sweeps.jsonl',
      `${JSON.stringify({ audio_filepath: 'sweep.wav', text: 'a rising tone', duration: 1.5, speaker: 'anna' })}\n`,
    );
    window = await openWindow(workspace.folder);
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  it('shows a recording where its line is pointed at, and plays it', async () => {
    const { page } = window;
    await openFile(page, 'sweeps.jsonl');
    const picture = page.locator('.monaco-hover:visible img');
    // The extension may still be activating, and a hover is not asked for twice.
    await expect
      .poll(
        async () => {
          await page.mouse.move(5, 5);
          await page.locator('.view-line span').filter({ hasText: 'rising' }).last().hover();
          await page.waitForTimeout(1500);
          return picture.count();
        },
        { timeout: 60_000 },
      )
      .toBe(1);
    await expect.poll(() => picture.evaluate((image): unknown => Reflect.get(image, 'naturalWidth'))).toBe(360);
    const text = (await page.locator('.monaco-hover:visible').allTextContents()).join('').replaceAll('\u00a0', ' ');
    expect(text).toContain('1.50 s · 16000 Hz, pcm-s16, 1 channel');
    expect(text).toContain('speaker anna');
    await page.locator('.monaco-hover:visible a').filter({ hasText: 'Play' }).click();
    await page.locator('.tabs-container .tab.active[data-resource-name="sweep.wav"]').waitFor();
    const playing = async () => {
      const frames = page.frames().map((frame) => frame.locator('.view[data-playing="true"]').count());
      return (await Promise.all(frames.map((count) => count.catch(() => 0)))).some((count) => count > 0);
    };
    await expect.poll(playing, { timeout: 60_000, interval: 50 }).toBe(true);
  });

  it('nothing complains', () => {
    expect(window.complaints).toEqual([]);
  });
});

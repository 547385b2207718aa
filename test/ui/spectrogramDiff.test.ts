import { execFileSync } from 'node:child_process';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { createWorkspace, type Workspace } from './support/digits.ts';
import { makeChirp } from './support/madeRecordings.ts';
import { takeScreenshot } from './support/screenshots.ts';
import { openWindow, type Window } from './support/window.ts';

describe('a changed recording in Source Control', () => {
  let workspace: Workspace;
  let window: Window;

  beforeAll(async () => {
    workspace = createWorkspace();
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], {
        cwd: workspace.folder,
        stdio: 'pipe',
      });
    workspace.write('voice.wav', makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'recordings');
    const changed = Buffer.from(makeChirp({ durationSec: 4, fromHz: 150, toHz: 7000 }));
    changed.fill(0, 44 + 2 * 19_744, 44 + 2 * 24_000);
    workspace.write('voice.wav', changed);
    window = await openWindow(workspace.folder);
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  /** The pages of the views that are linked, once there are two. */
  const linkedViews = (name: string) =>
    eventually('two linked views', async () => {
      const found: Frame[] = [];
      for (const frame of window.page.frames()) {
        const linked = await frame.$(`.compare:not([hidden]) .compare-text`).catch(() => null);
        const text = await linked?.textContent().catch(() => '');
        if (text?.includes(name)) found.push(frame);
      }
      return found.length === 2 ? found : undefined;
    });
  const attribute = (frame: Frame, key: string) => frame.locator('.view').getAttribute(`data-${key}`);

  it('opens as two spectrograms with one time, and says what has changed', async () => {
    const { page } = window;
    await page.keyboard.press('Control+Shift+G');
    await page.locator('.scm-view .resource').filter({ hasText: 'voice.wav' }).first().click();
    const views = await linkedViews('voice.wav');
    const headings = ['Since the earlier version:', 'Until the later version:'];
    const seen = await Promise.all(
      views.map(async (view) => {
        await view.locator('.compare-place').getByText('first differing sample at 0:01.234').waitFor();
        return view.locator('.compare-part').first().textContent();
      }),
    );
    expect(seen.sort()).toEqual([...headings].sort());
    const [first, second] = views as [Frame, Frame];
    await first.locator('.compare-place').first().click();
    await eventually(
      'the cursor of the other side',
      async () => (await attribute(second, 'cursor-sec')) === '1.2340' || undefined,
    );
    await takeScreenshot(page, 'compare-source-control');
    expect(window.complaints).toEqual([]);
  });
});

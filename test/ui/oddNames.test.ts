import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { chooseFromQuickInput } from '../vscode/harness/browser.ts';
import { createWorkspace, type Workspace } from './support/digits.ts';
import { makeChirp } from './support/madeRecordings.ts';
import { openWindow, type Window } from './support/window.ts';

/** As long as a name can be, in bytes. */
const longest = `odd7 ${'é'.repeat(122)}xy.wav`;
const names = [
  'odd1 two  spaces %20 %2F.wav',
  'odd2#place?x=1&y=2.wav',
  'odd3 😀 cafe\u0301.wav',
  'odd4 "q" \'q\' `id` $(id).wav',
  'odd5 <img src=x onerror=alert(1)> &lt;b&gt;.wav',
  'odd6 {a,b} [c] *.wav',
  longest,
  'odd8 \u202egnp.wav',
  'odd9;-rf ~ ^ ! @ = + ,.WAV',
];

describe('recordings with odd names', () => {
  let workspace: Workspace;
  let window: Window;
  beforeAll(async () => {
    expect(Buffer.byteLength(longest)).toBe(255);
    workspace = createWorkspace();
    const chirp = makeChirp({ durationSec: 1, fromHz: 150, toHz: 7000 });
    for (const name of names) workspace.write(name, chirp);
    window = await openWindow(workspace.folder);
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  it('open as any other', async () => {
    const { page, complaints } = window;
    page.on('dialog', (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
    for (const name of names) {
      const word = name.slice(0, 4);
      await chooseFromQuickInput(page, 'Control+P', word, word);
      const state = await eventually(`the picture of ${name}`, async () => {
        for (const frame of page.frames()) {
          const label = await frame.$eval('.stage', (stage) => stage.getAttribute('aria-label')).catch(() => null);
          if (!label?.endsWith(name)) continue;
          return (await frame.locator('.view[data-state=settled]').count()) > 0 ? 'settled' : undefined;
        }
        return undefined;
      });
      expect(state).toBe('settled');
    }
    expect(complaints).toEqual([]);
  });
});

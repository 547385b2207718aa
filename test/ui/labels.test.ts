import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTextGrid } from '../../src/asr/annotations/textGrid.ts';
import { melToHz } from '../../src/dsp/mel.ts';
import { eventually } from '../eventually.ts';
import { runFromPalette } from '../vscode/harness/browser.ts';
import { createWorkspace, type Workspace } from './support/digits.ts';
import { type Chirp, chirpHz, makeChirp } from './support/madeRecordings.ts';
import { takeScreenshot, takeThemedScreenshots } from './support/screenshots.ts';
import { findSpectrogram, openRecording, type SpectrogramEditor } from './support/spectrogram.ts';
import { openWindow, type Window } from './support/window.ts';

const chirp: Chirp = { durationSec: 4, fromHz: 150, toHz: 7000 };
const lines = [
  '{"audio_filepath": "chirp.wav", "offset": 0.5, "duration": 1, "text": "low tone", "mine": [1,  2]}',
  '{"audio_filepath": "other.wav", "text": "another"}',
  '',
];

describe('labels of a recording, by hand', () => {
  let workspace: Workspace;
  let window: Window;
  let editor: SpectrogramEditor;
  const tab = () => window.page.locator('.tabs-container .tab[data-resource-name="chirp.wav"]').first();
  const isDirty = (wanted: boolean) =>
    eventually(
      wanted ? 'a dirty tab' : 'a clean tab',
      async () => ((await tab().getAttribute('class'))!.split(' ').includes('dirty') === wanted ? true : undefined),
      10_000,
    );
  const press = async (...keys: string[]) => {
    for (const key of keys) await window.page.keyboard.press(key);
  };
  const label = (text: string) => editor.frame.locator('.tier-item', { hasText: text });
  const onDisk = (name: string) => fs.readFileSync(path.join(workspace.folder, name), 'utf8');

  beforeAll(async () => {
    workspace = createWorkspace();
    workspace.write('chirp.wav', makeChirp(chirp));
    workspace.write('list.jsonl', lines.join('\n'));
    window = await openWindow(workspace.folder);
    editor = await openRecording(window.page, 'chirp.wav');
    await editor.settle();
    await label('low tone').waitFor();
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  it('stand on a recording whose values are read where they are in the file', async () => {
    const { page } = window;
    await editor.drag(1.9, 2.1);
    await editor.waitForSelection();
    await editor.stage.focus();
    await press('z');
    await eventually('the stretch fills the view', async () => {
      const { startSec, endSec } = await editor.view();
      return endSec - startSec < 0.3 ? true : undefined;
    });
    await editor.settle();
    const { startSec, endSec } = await editor.view();
    const box = (await editor.picture.boundingBox())!;
    const sec = 2;
    const x = box.x + ((sec - startSec) / (endSec - startSec)) * box.width;
    // The loudest place of this column is where the chirp is then.
    const levels: { hz: number; db: number; text: string }[] = [];
    for (let y = box.y + 4; y < box.y + box.height; y += box.height / 60) {
      await page.mouse.move(x, y);
      const text = (await editor.frame.locator('.status-cursor').textContent()) ?? '';
      const hz = /([\d.]+) (k?)Hz/.exec(text);
      const db = /(−?[\d.]+) dB/.exec(text);
      if (hz && db) levels.push({ hz: Number(hz[1]) * (hz[2] ? 1000 : 1), db: Number(db[1]!.replace('−', '-')), text });
    }
    const loudest = levels.reduce((most, one) => (one.db > most.db ? one : most));
    const bandHz = melToHz(30, 'slaney') - melToHz(29, 'slaney');
    expect(Math.abs(loudest.hz - chirpHz(chirp, sec))).toBeLessThan(2 * bandHz);
    expect(loudest.text).toMatch(/0:02\.0|0:01\.99/);
    // Sample 32,000, to within a pixel.
    const sample = Number(/sample ([\d,]+)/.exec(loudest.text)?.[1]?.replaceAll(',', ''));
    expect(Math.abs(sample - 32_000)).toBeLessThan((2 * 16_000 * (endSec - startSec)) / box.width + 1);
    await press('f', 'Escape');
  });

  it('stand where sound is heard: it plays on the clock of its samples', async () => {
    await editor.drag(1, 3);
    await editor.waitForSelection();
    await editor.stage.focus();
    await press('Space');
    const playSec = async () => Number(await editor.frame.locator('.view').getAttribute('data-play-sec'));
    await eventually('sound', async () => ((await playSec()) > 1.2 ? true : undefined));
    // Both clocks are read in the page, frame by frame: a busy machine answers this process late.
    const [seconds, playedSec] = (await editor.frame.evaluate(`(async () => {
      const read = () => new Promise((resolve) => requestAnimationFrame((ms) =>
        resolve([ms / 1000, Number(document.querySelector('.view').dataset.playSec)])));
      const from = await read();
      await new Promise((resolve) => setTimeout(resolve, 600));
      const to = await read();
      return [to[0] - from[0], to[1] - from[1]];
    })()`)) as [number, number];
    expect(playedSec / seconds).toBeGreaterThan(0.8);
    expect(playedSec / seconds).toBeLessThan(1.2);
    await editor.frame.locator('.view[data-playing=false]').waitFor();
    await press('Escape');
  });

  it('are made, undone and done again by the workbench’s keys', async () => {
    const { keyboard } = window.page;
    expect(await tab().getAttribute('class')).not.toContain('dirty');
    await editor.drag(2, 3);
    await editor.waitForSelection();
    await keyboard.press('m');
    await editor.frame.locator('.name-input').waitFor();
    await keyboard.type('high tone');
    await keyboard.press('Enter');
    await label('high tone').waitFor();
    await isDirty(true);
    await keyboard.press('Control+z');
    await isDirty(false);
    await label('high tone').waitFor({ state: 'detached' });
    await keyboard.press('Control+Shift+z');
    await isDirty(true);
    await label('high tone').waitFor();
    await label('low tone').click();
    await keyboard.press('Enter');
    await keyboard.type('LOW TONE');
    await keyboard.press('Enter');
    await label('LOW TONE').waitFor();
  });

  it('survive the window', async () => {
    // The workbench backs up what is dirty a second after it was changed; a busy one takes longer.
    await window.page.waitForTimeout(6000);
    await window.page.reload();
    await window.page.locator('.monaco-workbench .part.editor').waitFor({ timeout: 120_000 });
    editor = await findSpectrogram(window.page, 'chirp.wav');
    await label('high tone').waitFor();
    await label('LOW TONE').waitFor();
    await isDirty(true);
    expect(onDisk('list.jsonl')).toBe(lines.join('\n'));
    await takeScreenshot(window.page, 'labels-restored');
  });

  it('are saved to the line and the TextGrid they belong to', async () => {
    await label('LOW TONE').click();
    await window.page.keyboard.press('Control+s');
    await isDirty(false);
    expect(onDisk('list.jsonl')).toBe(lines.join('\n').replace('low tone', 'LOW TONE'));
    const parsed = parseTextGrid(onDisk('chirp.TextGrid'), 'chirp.TextGrid');
    const [tier] = 'grid' in parsed ? parsed.grid.tiers : [];
    expect(tier).toMatchObject({ name: 'labels', intervals: [{ text: '' }, { text: 'high tone' }, { text: '' }] });
  });

  it('are there when it is opened again, and an edit is taken back by reverting', async () => {
    const { page } = window;
    await runFromPalette(page, 'View: Close All Editors');
    editor = await openRecording(page, 'chirp.wav');
    await label('high tone').click();
    await press('Enter');
    await editor.frame.locator('.name-input').fill('other tone');
    await press('Enter');
    await label('other tone').waitFor();
    await isDirty(true);
    await runFromPalette(page, 'File: Revert File');
    await label('high tone').waitFor();
    await isDirty(false);
    await takeThemedScreenshots(page, 'labels');
  });

  it('lead to their text, and it leads back', async () => {
    await label('LOW TONE').click();
    await window.page.keyboard.press('t');
    await window.page.getByText('Ln 1, Col 80 (8 selected)').waitFor();
    await takeScreenshot(window.page, 'labels-text');
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('ArrowUp');
    await editor.frame.locator('.tier-item.pointed', { hasText: 'LOW TONE' }).waitFor();
  });

  it('go along when the recording is saved under another name', async () => {
    const { page } = window;
    await label('high tone').click();
    // The text beside it was active: what is saved is what the workbench takes for active.
    await page.locator('.editor-group-container.active .tab.active[data-resource-name="chirp.wav"]').waitFor();
    await page.keyboard.press('Control+Shift+s');
    const path = page.locator('.quick-input-widget input[type=text]').first();
    await path.waitFor();
    // The dialog proposes a name of its own a moment after it has opened.
    await eventually('a proposal', async () => ((await path.inputValue()).endsWith('chirp.wav') ? true : undefined));
    await path.fill(`${workspace.folder}/copy.wav`);
    // The dialog looks at what is typed before it takes Enter; a busy one is asked again.
    await eventually('the copy', async () => {
      if (fs.existsSync(`${workspace.folder}/copy.TextGrid`)) return true;
      if (await path.isVisible()) await page.keyboard.press('Enter');
      await page.waitForTimeout(1000);
      return undefined;
    });
    const copied = parseTextGrid(onDisk('copy.TextGrid'), 'copy.TextGrid');
    expect('grid' in copied && copied.grid.tiers.map(({ name }) => name)).toEqual(['list.jsonl', 'labels']);
    expect(fs.statSync(`${workspace.folder}/copy.wav`).size).toBe(fs.statSync(`${workspace.folder}/chirp.wav`).size);
    expect(window.complaints).toEqual([]);
  });
});

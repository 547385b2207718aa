import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hzToMel, melToHz } from '../../src/dsp/mel.ts';
import { eventually } from '../eventually.ts';
import { findWebview, runFromPalette } from '../vscode/harness/browser.ts';
import { createWorkspace, type Workspace } from './support/digits.ts';
import { type Chirp, chirpHz, makeChirp, makeSilence, writeLongRecording } from './support/madeRecordings.ts';
import { residentBytes } from './support/memory.ts';
import { readPng } from './support/png.ts';
import { takeScreenshot } from './support/screenshots.ts';
import { openRecording } from './support/spectrogram.ts';
import { openFile, openWindow, type Window } from './support/window.ts';

const chirp: Chirp = { durationSec: 4, fromHz: 150, toHz: 7000 };
const megabyte = 2 ** 20;

describe('the spectrogram editor', () => {
  let workspace: Workspace;
  let window: Window;

  beforeAll(async () => {
    workspace = createWorkspace();
    workspace.write('chirp.wav', makeChirp(chirp));
    workspace.write('silence.wav', makeSilence(2));
    workspace.write('cut-header.wav', makeChirp(chirp).slice(0, 30));
    workspace.write('cut-samples.wav', makeChirp(chirp).slice(0, 100_044));
    const flac = path.join(import.meta.dirname, '../fixtures/audio/s16-stereo.flac');
    workspace.write('stereo.flac', fs.readFileSync(flac));
    workspace.write(
      'spoken/forty.asr.yaml',
      'name: forty\ndata: { train: [../train.jsonl] }\nfeatures: { mels: 40 }\n',
    );
    workspace.write('spoken/deep/forty-bands.wav', makeChirp(chirp));
    writeLongRecording(path.join(workspace.folder, 'hour.wav'), 60);
    window = await openWindow(workspace.folder);
  });
  afterAll(async () => {
    await window?.close();
    workspace?.remove();
  });

  it('paints a chirp where its frequencies are', async () => {
    const editor = await openRecording(window.page, 'chirp.wav');
    await editor.settle();
    // Away from the picture, so that no cross hair is in it.
    await window.page.mouse.move(5, 5);
    // A busy machine shows what has been painted a moment later.
    const picture = await eventually('a picture on the screen', async () => {
      const shown = readPng(await editor.picture.screenshot());
      const column = Array.from({ length: shown.height }, (_, y) => shown.luminance(Math.round(shown.width / 2), y));
      return Math.max(...column) - Math.min(...column) > 100 ? shown : undefined;
    });
    const { startSec, endSec } = await editor.view();
    expect(endSec - startSec).toBeCloseTo(chirp.durationSec, 1);
    const bins = 80;
    const [lowMel, highMel] = [hzToMel(0, 'slaney'), hzToMel(8000, 'slaney')];
    const bandPx = picture.height / bins;
    const misses: string[] = [];
    let probed = 0;
    for (let x = Math.round(picture.width * 0.03); x < picture.width * 0.97; x += 5) {
      const sec = startSec + ((x + 0.5) / picture.width) * (endSec - startSec);
      // Band b is centred on point b + 1 of bins + 2 evenly spaced ones.
      const band = ((hzToMel(chirpHz(chirp, sec), 'slaney') - lowMel) / (highMel - lowMel)) * (bins + 1) - 0.5;
      // The outermost rows are partly what lies around: the gap between the lanes, the ring of the focus.
      let brightest = 1;
      for (let y = 2; y < picture.height - 2; y++)
        if (picture.luminance(x, y) > picture.luminance(x, brightest)) brightest = y;
      const seen = (picture.height - brightest - 0.5) / bandPx;
      probed++;
      // Half a band for the filter that wins, one for the tone's movement within a window and a column.
      if (Math.abs(seen - band) > 1.5)
        misses.push(`${sec.toFixed(2)} s: band ${seen.toFixed(1)}, not ${band.toFixed(1)}`);
    }
    expect(probed).toBeGreaterThan(80);
    expect(misses).toEqual([]);
    await takeScreenshot(window.page, 'chirp');
  });

  it('says what is wrong with a recording that cannot be read', async () => {
    await openFile(window.page, 'cut-header.wav');
    const frame = await findWebview(window.page, '.unreadable');
    expect(await frame.locator('h1').textContent()).toBe('cut-header.wav cannot be shown');
    expect(await frame.locator('.problem').textContent()).toMatch(/fmt chunk says 16 bytes but 10 follow/);
    await takeScreenshot(window.page, 'unreadable');
  });

  it('shows what there is of a recording that ends too early, and says so', async () => {
    const editor = await openRecording(window.page, 'cut-samples.wav');
    await editor.settle();
    expect((await editor.view()).endSec).toBeCloseTo(100_000 / 2 / 16_000, 1);
    expect(await editor.frame.locator('.problems').textContent()).toMatch(/promises 128000 bytes.*the file has 100000/);
    await takeScreenshot(window.page, 'cut-samples');
  });

  it('shows silence as silence', async () => {
    const editor = await openRecording(window.page, 'silence.wav');
    await editor.settle();
    await window.page.mouse.move(5, 5);
    const picture = readPng(await editor.picture.screenshot());
    let brightest = 0;
    // The cursor stands at the start.
    for (let x = 8; x < picture.width - 8; x += 7)
      for (let y = 8; y < picture.height - 8; y += 7) brightest = Math.max(brightest, picture.luminance(x, y));
    expect(brightest).toBeLessThan(60);
    await takeScreenshot(window.page, 'silence');
  });

  it('opens a FLAC file', async () => {
    const editor = await openRecording(window.page, 'stereo.flac');
    await editor.settle();
    expect(await editor.frame.locator('.facts').textContent()).toMatch(/FLAC/i);
    await takeScreenshot(window.page, 'flac');
  });

  it('shows the features of the nearest config above a recording', async () => {
    const { frame } = await openRecording(window.page, 'forty-bands.wav');
    await frame.locator('.tool-picture', { hasText: 'forty' }).waitFor();
    // The upper edge of the 40th row, half a row above its centre.
    const highHz = melToHz((hzToMel(8000, 'slaney') * 40.5) / 41, 'slaney');
    expect(await frame.locator('.view').getAttribute('data-high-hz')).toBe(highHz.toFixed(2));
    await frame.locator('.tool-picture').click();
    await frame
      .locator('#picture-what')
      .getByRole('option', { name: 'What the model sees (forty)' })
      .waitFor({ state: 'attached' });
    await window.page.keyboard.press('Escape');
  });

  it('opens an hour within seconds, in bounded memory', async () => {
    const { page } = window;
    await runFromPalette(page, 'View: Close All Editors');
    const before = residentBytes('--type=renderer');
    const started = performance.now();
    const editor = await openRecording(page, 'hour.wav');
    const coarse = await eventually('a first picture', async () => {
      const picture = readPng(await editor.picture.screenshot());
      let [low, high] = [255, 0];
      for (let x = 10; x < picture.width - 10; x += 11)
        for (let y = 2; y < picture.height; y += 3) {
          low = Math.min(low, picture.luminance(x, y));
          high = Math.max(high, picture.luminance(x, y));
        }
      return high - low > 100 ? performance.now() - started : undefined;
    });
    await editor.settle();
    const whole = performance.now() - started;
    const grown = residentBytes('--type=renderer') - before;
    console.log(
      `an hour of audio: first picture after ${(coarse / 1000).toFixed(1)} s, all samples after ` +
        `${(whole / 1000).toFixed(1)} s, renderer + ${(grown / megabyte).toFixed(0)} MB`,
    );
    await takeScreenshot(page, 'hour');
    // Opening a tab and a webview included, on a machine that may be busy.
    expect(coarse).toBeLessThan(10_000);
    expect(grown).toBeLessThan(300 * megabyte);
  });

  it('saves the samples and the picture of a selection beside it', async () => {
    const { page } = window;
    const editor = await openRecording(page, 'chirp.wav');
    await editor.settle();
    await editor.drag(1, 2.5);
    const { startSec, endSec } = await editor.waitForSelection();
    /** Takes the file that the dialog proposes. */
    const accept = async (name: RegExp): Promise<Buffer> => {
      const input = page.locator('.quick-input-widget:visible input').first();
      await eventually('a dialog', async () => name.test(await input.inputValue()) || undefined, 20_000);
      await input.press('Enter');
      const written = () => fs.readdirSync(workspace.folder).find((one) => name.test(one));
      return fs.readFileSync(path.join(workspace.folder, await eventually('the file', async () => written(), 20_000)));
    };
    await runFromPalette(page, 'ASR: Save Selection as WAV');
    const wav = await accept(/chirp_1\.\d+-2\.\d+\.wav$/);
    const samples = Buffer.from(makeChirp(chirp)).subarray(44);
    const [first, count] = [Math.round(startSec * 16_000), Math.round((endSec - startSec) * 16_000)];
    // The page tells times to a tenth of a millisecond: the first sample may be its neighbour.
    const kept = wav.subarray(44, 44 + 2 * count - 4);
    const near = [-1, 0, 1].map((by) => samples.subarray(2 * (first + by), 2 * (first + by) + kept.length));
    expect(near.some((one) => one.equals(kept))).toBe(true);
    await runFromPalette(page, 'ASR: Save Picture of Spectrogram');
    expect(readPng(await accept(/chirp_\d\.\d+-\d\.\d+\.png$/)).width).toBeGreaterThan(600);
  });

  it("nothing complains, and a breach of the view's policy would be heard", async () => {
    expect(window.complaints).toEqual([]);
    const { frame } = await openRecording(window.page, 'chirp.wav');
    await frame.addScriptTag({ content: 'void 0' }).catch(() => {});
    expect(window.complaints.join('\n')).toMatch(/Content Security Policy/);
  });
});

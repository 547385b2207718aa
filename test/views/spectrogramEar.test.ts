import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSpectrogramPage, type SpectrogramPage } from '../ui/support/spectrogramPage.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

const rateHz = 16_000;

/** What left the loudspeaker: pieces with their times on the audio clock. */
const recordPlayed = `
globalThis.played = [];
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (at) {
  const channels = Array.from({ length: this.buffer.numberOfChannels }, (_, i) => [...this.buffer.getChannelData(i)]);
  played.push({ at, seconds: this.buffer.duration, channels });
  return start.call(this, at);
};`;
interface Played {
  at: number;
  seconds: number;
  channels: number[][];
}

describe('the sound of the spectrogram editor', () => {
  let browser: Browser;
  let folder: string;
  let shown: SpectrogramPage | undefined;
  const complaints: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-ear-'));
    const tone = (hz: number) =>
      Float32Array.from({ length: 20 * rateHz }, (_, i) => 0.3 * Math.sin((2 * Math.PI * hz * i) / rateHz));
    fs.writeFileSync(path.join(folder, 'tones.wav'), writeWav([tone(440), tone(880)], rateHz));
    browser = await launchBrowser();
    browser.page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    await browser.page.addInitScript(recordPlayed);
  });
  afterAll(async () => {
    await browser?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await shown?.dispose();
    expect(complaints.splice(0)).toEqual([]);
  });

  const open = async (state: object) => {
    shown = await openSpectrogramPage(browser.page, path.join(folder, 'tones.wav'), { theme: 'dark', state });
    await browser.page.locator('.view[data-state=settled]').waitFor();
    await browser.page.locator('.stage').focus();
  };
  const read = async (key: string) => Number(await browser.page.locator('.view').getAttribute(`data-${key}`));
  const played = () => browser.page.evaluate('played') as Promise<Played[]>;
  const pitchHz = (samples: number[]) => {
    const inner = samples.slice(800, -800);
    const ups = inner.flatMap((value, i) => (i > 0 && inner[i - 1]! < 0 && value >= 0 ? [i] : []));
    return ((ups.length - 1) * rateHz) / (ups.at(-1)! - ups[0]!);
  };

  it('plays from the cursor at twice the speed, with the playhead on the sample that is heard', async () => {
    await open({ cursorSec: 5, selection: { anchorSec: 1, headSec: 2 }, speed: 2 });
    await browser.page.keyboard.press('Shift+Space');
    await browser.page.waitForFunction('played.length >= 4');
    const [from, fromMs] = [await read('play-sec'), performance.now()];
    await browser.page.waitForTimeout(1200);
    const [to, toMs] = [await read('play-sec'), performance.now()];
    // Reading takes a moment each time.
    expect((to - from) / ((toMs - fromMs) / 1000)).toBeGreaterThan(1.7);
    expect((to - from) / ((toMs - fromMs) / 1000)).toBeLessThan(2.3);
    expect(from).toBeGreaterThan(4.9);
    const pieces = await played();
    for (const [i, piece] of pieces.entries()) {
      if (i > 0) expect(piece.at).toBeCloseTo(pieces[i - 1]!.at + pieces[i - 1]!.seconds, 6);
    }
    await browser.page.keyboard.press('<');
    await browser.page.locator('.speed-menu .button-text').filter({ hasText: '1.75×' }).waitFor();
    await browser.page.locator('.view[data-playing=true]').waitFor();
    await browser.page.keyboard.press('Space');
    await browser.page.locator('.view[data-playing=false]').waitFor();
    // The mix of both tones keeps the pitch of the lower one.
    expect(pitchHz(pieces[2]!.channels[0]!)).toBeGreaterThan(430);
    expect(pitchHz(pieces[2]!.channels[0]!)).toBeLessThan(900);
  });

  it('plays lanes left and right, and what is muted not at all', async () => {
    await open({ channelLayout: 'lanes', cursorSec: 3 });
    await browser.page.keyboard.press('Space');
    await browser.page.waitForFunction('played.length >= 1');
    await browser.page.keyboard.press('Space');
    const [left, right] = (await played())[0]!.channels;
    expect(pitchHz(left!)).toBeCloseTo(440, -1);
    expect(pitchHz(right!)).toBeCloseTo(880, -1);
    await shown?.dispose();
    await open({ channelLayout: 'lanes', muted: [0] });
    await browser.page.keyboard.press('Space');
    await browser.page.waitForFunction('played.length >= 1');
    await browser.page.keyboard.press('Space');
    const [only, ...none] = (await played())[0]!.channels;
    expect(none).toEqual([]);
    expect(pitchHz(only!)).toBeCloseTo(880, -1);
  });

  it('sounds where the cursor is moved, by keys and by its handle', async () => {
    await open({ cursorSec: 10 });
    await browser.page.keyboard.press('.');
    await browser.page.waitForFunction('played.length >= 1');
    expect(await read('cursor-sec')).toBeGreaterThan(10);
    const [grain] = await played();
    expect(grain!.seconds).toBeCloseTo(0.1, 3);
    const handle = (await browser.page.locator('.scrub-handle').boundingBox())!;
    await browser.page.mouse.move(handle.x + handle.width / 2, handle.y + 3);
    await browser.page.mouse.down();
    await browser.page.mouse.move(handle.x + 200, handle.y + 3, { steps: 12 });
    await browser.page.waitForTimeout(300);
    await browser.page.mouse.up();
    expect((await played()).length).toBeGreaterThan(2);
    expect(await read('cursor-sec')).toBeGreaterThan(12);
    await browser.page.locator('.speed-menu').click();
    await takeScreenshot(browser.page, 'spectrogram-ear');
  });
});

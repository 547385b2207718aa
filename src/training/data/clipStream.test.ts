import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadResampler } from '../../dsp/resample.ts';
import { writeWav } from '../../dsp/writeWav.ts';
import { createRandom } from '../../shared/random.ts';
import { readClip } from './clipReader.ts';
import { withClipStream } from './clipStream.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stream-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([16_000, 8000, 44_100, 15_999])(
  'parts of a clip at %i Hz are bit for bit those of the whole',
  async (rate) => {
    const random = createRandom('stream', rate);
    const file = join(folder, `${rate}.wav`);
    const channel = () => Float32Array.from({ length: rate * 2 + 17 }, () => random.normal() / 4);
    writeFileSync(file, writeWav([channel(), channel()], rate));
    const resampler = await loadResampler();
    const range = { file, offsetSec: 0.3 };
    const whole = await readClip(range, 16_000, resampler);
    await withClipStream(range, 16_000, resampler, async ({ samples, read }) => {
      expect(samples).toBe(whole.length);
      for (let start = 0; start < samples; ) {
        const end = Math.min(samples, start + 1 + random.below(17_000));
        // Comparing bytes takes a hundredth of the time of comparing elements.
        expect(
          Buffer.from((await read(start, end)).slice().buffer).equals(Buffer.from(whole.slice(start, end).buffer)),
        ).toBe(true);
        start = end;
      }
    });
  },
);

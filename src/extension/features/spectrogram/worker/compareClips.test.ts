import { describe, expect, it } from 'vitest';
import { openAudio } from '../../../../dsp/audioFile.ts';
import { memorySource } from '../../../../dsp/byteSource.ts';
import { writeWav } from '../../../../dsp/writeWav.ts';
import { compareClips } from './compareClips.ts';

const rateHz = 8000;
const ramp = (samples: number) => Float32Array.from({ length: samples }, (_, i) => ((i % 4000) / 4000 - 0.5) * 0.5);
const sized = async (bytes: Uint8Array) => ({ clip: await openAudio(memorySource(bytes)), sizeBytes: bytes.length });
const compare = async (before: Uint8Array, now: Uint8Array) =>
  compareClips(await sized(before), await sized(now), async () => {});

describe('comparing recordings', () => {
  it('finds the first and the last other sample, beyond a block', async () => {
    const samples = ramp(200_000);
    const changed = samples.slice();
    changed[100_000] = 0.5;
    changed[100_002] = -0.75;
    const {
      samples: difference,
      before,
      now,
    } = await compare(writeWav([samples], rateHz), writeWav([changed], rateHz));
    expect(difference).toMatchObject({
      kind: 'different',
      firstSec: 12.5,
      lastSec: 100_002 / rateHz,
      share: 2 / 200_000,
    });
    expect(difference).toHaveProperty('largest', expect.closeTo(0.75, 4));
    expect([before.peak, now.peak]).toEqual([expect.closeTo(0.25, 3), expect.closeTo(0.75, 3)]);
    expect(before.rms).toBeCloseTo(0.5 / Math.sqrt(12), 3);
  });

  it('tells another header from other sound', async () => {
    const bytes = writeWav([ramp(1000)], rateHz);
    // A LIST chunk behind the samples.
    const text = new TextEncoder().encode('LIST\u0010\0\0\0INFOICMT\u0004\0\0\0hey!');
    const tagged = new Uint8Array([...bytes, ...text]);
    new DataView(tagged.buffer).setUint32(4, tagged.length - 8, true);
    const { samples, before, now } = await compare(bytes, tagged);
    expect(samples).toEqual({ kind: 'same' });
    expect(now.sizeBytes - before.sizeBytes).toBe(text.length);
  });

  it('counts what only one of them has', async () => {
    const { samples, before, now } = await compare(writeWav([ramp(8000)], rateHz), writeWav([ramp(10_000)], rateHz));
    expect(samples).toEqual({ kind: 'different', firstSec: 1, lastSec: 9999 / rateHz, share: 0.2, largest: 0 });
    expect([before.durationSec, now.durationSec]).toEqual([1, 1.25]);
  });

  it('compares no samples of other rates or channels', async () => {
    const one = writeWav([ramp(800)], rateHz);
    expect((await compare(one, writeWav([ramp(800)], 16_000))).samples).toEqual({ kind: 'incomparable' });
    expect((await compare(one, writeWav([ramp(800), ramp(800)], rateHz))).samples).toEqual({ kind: 'incomparable' });
  });
});

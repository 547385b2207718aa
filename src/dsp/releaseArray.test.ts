import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFileSource } from '../extension/services/fileSource.ts';
import { openAudio } from './audioFile.ts';
import { memorySource } from './byteSource.ts';
import { releaseArray } from './releaseArray.ts';
import { writeWav } from './writeWav.ts';

describe('releasing arrays', () => {
  const tone = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i / 9));
  const wav = writeWav([tone], 16_000);

  it('takes the buffer away', () => {
    const array = new Float32Array(1000);
    releaseArray(array);
    expect(array.length).toBe(0);
  });

  it('leaves bytes alone that a source holds itself', async () => {
    const clip = await openAudio(memorySource(wav));
    const first = await clip.readSamples(0, 5000);
    expect(await clip.readSamples(0, 5000)).toEqual(first);
    expect(first[0]![100]).toBeCloseTo(tone[100]!, 3);
  });

  it('gives every reader of a file its own samples, also at the same time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'asr-release-'));
    const path = join(folder, 'tone.wav');
    writeFileSync(path, wav);
    const source = await openFileSource(path);
    try {
      const clip = await openAudio(source);
      const parts = await Promise.all(Array.from({ length: 50 }, (_, i) => clip.readSamples(i * 100, 100)));
      expect(parts.map(([part]) => part![7])).toEqual(parts.map((_, i) => expect.closeTo(tone[i * 100 + 7]!, 3)));
    } finally {
      await source.close();
      rmSync(folder, { recursive: true });
    }
  });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAudio, readMono } from '../../src/dsp/audioFile.ts';
import { memorySource } from '../../src/dsp/byteSource.ts';
import { createFeatureExtractor } from '../../src/dsp/features.ts';
import { audibleTolerance, decibelsPerUnit, melSpec, readMelCases } from '../melFixture.ts';
import { recordingsFolder } from '../recordings.ts';

/** Values of the features at random places within 80 dB of the clip's maximum, made by test/fixtures/makeMelFixtures.py. */
interface Recording {
  path: string;
  sha256: string;
  samples: number;
  cases: Record<string, { frames: number; index: number[]; value: number[] }>;
}
const recordings: Recording[] = JSON.parse(
  readFileSync(new URL('../fixtures/mel/speech.json', import.meta.url), 'utf8'),
);
const folder = recordingsFolder();

describe.skipIf(!folder)('features of recorded speech equal torchaudio', () => {
  test.each(recordings)('$path', async ({ path, sha256, samples, cases }) => {
    const bytes = readFileSync(join(folder!, path));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    const sound = await readMono(await openAudio(memorySource(bytes)), 0, samples);
    expect(sound.length).toBe(samples);
    for (const { name, spec } of readMelCases()) {
      const { frames, index, value } = cases[name]!;
      const decibels = decibelsPerUnit(spec);
      for (const kernel of ['wasm', 'typescript'] as const) {
        const features = (await createFeatureExtractor(melSpec(spec), { kernel })).extract(sound);
        expect(features.frames).toBe(frames);
        const differences = index.map((at, i) => Math.abs(features.data[at]! - value[i]!) * decibels);
        expect(Math.max(...differences), `${name}, ${kernel}`).toBeLessThan(audibleTolerance);
      }
    }
  });
});

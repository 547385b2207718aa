import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAudio, readMono } from '../../src/dsp/audioFile.ts';
import { memorySource } from '../../src/dsp/byteSource.ts';
import { createFeatureExtractor } from '../../src/dsp/features.ts';
import { kaldiCases, kaldiRecordings, kaldiTolerance, largestDifference } from '../kaldiFixture.ts';
import { recordingsFolder } from '../recordings.ts';

const folder = recordingsFolder();

describe.skipIf(!folder)('fbank and mfcc of recorded speech equal torchaudio', () => {
  test.each(Object.entries(kaldiRecordings))('%s', async (path, sha256) => {
    const bytes = readFileSync(join(folder!, path));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    const clip = await openAudio(memorySource(bytes));
    const sound = await readMono(clip, 0, clip.info.frames);
    for (const { name, spec, speech } of kaldiCases) {
      const expected = speech[path]!;
      for (const kernel of ['wasm', 'typescript'] as const) {
        const features = (await createFeatureExtractor(spec, { kernel })).extract(sound);
        expect(features.frames).toBe(expected.frames);
        expect(largestDifference(features, expected), `${name}, ${kernel}`).toBeLessThan(kaldiTolerance(spec));
      }
    }
  });
});

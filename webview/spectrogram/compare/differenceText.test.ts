import { describe, expect, it } from 'vitest';
import type { RecordingDifference, RecordingFigures } from '../../../src/shared/protocol/spectrogramDifference.ts';
import { stringsFor } from '../strings.ts';
import { differenceParts } from './differenceText.ts';
import { compareStringsFor } from './strings.ts';

const figures: RecordingFigures = {
  ...{ container: 'riff', encoding: 'pcm-s16', sampleRateHz: 16_000, channels: 1 },
  ...{ samples: 64_000, durationSec: 4, sizeBytes: 128_044, peak: 0.5, rms: 0.35 },
};
const base: RecordingDifference = {
  ...{ other: 'a.wav', version: 'earlier', before: figures, now: figures, samples: { kind: 'same' } },
};
const say = (change: Partial<RecordingDifference>, language = 'en') =>
  differenceParts({ ...base, ...change }, compareStringsFor(language), stringsFor(language)).map(({ text }) => text);

describe('a difference in words', () => {
  it('tells the same sound from another header', () => {
    expect(say({})).toEqual(['Since the earlier version:', 'every sample is the same']);
    const now = { ...figures, sizeBytes: 128_144, encoding: 'pcm-s24' };
    expect(say({ now }).slice(1)).toEqual([
      'same sound, another header or encoding',
      'Format WAV 16-bit PCM → WAV 24-bit PCM',
      'Size 128044 B → 128144 B',
    ]);
  });

  it('names where it begins, with the earlier figures first from either side', () => {
    const samples = { kind: 'different', firstSec: 1.234, lastSec: 4.4999, share: 0.125, largest: 0.1 } as const;
    const longer = { ...figures, durationSec: 4.5, peak: 1 };
    const wanted = [
      'first differing sample at 0:01.234',
      'last at 0:04.500',
      '13 % of the samples',
      'by up to −20.0 dBFS',
      'Duration 4.000 s → 4.500 s',
      'Peak −6.0 dBFS → +0.0 dBFS',
    ];
    expect(say({ samples, now: longer })).toEqual(['Since the earlier version:', ...wanted]);
    expect(say({ samples, before: longer, version: 'later' })).toEqual(['Until the later version:', ...wanted]);
  });

  it('says of two recordings of their own only what they have apart', () => {
    const samples = { kind: 'different', firstSec: 0, lastSec: 4, share: 0.99, largest: 0.9 } as const;
    expect(say({ version: 'none', samples })).toEqual([]);
    const now = { ...figures, sampleRateHz: 8000, channels: 2 };
    expect(say({ version: 'none', samples: { kind: 'incomparable' }, now })).toEqual([
      'Against a.wav:',
      'other rate or channels: samples are not compared',
      'Sample rate 8 kHz, there 16 kHz',
      'Channels stereo, there mono',
    ]);
  });
});

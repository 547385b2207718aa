import { describe, expect, it } from 'vitest';
import { fill } from '../ui/fill.ts';
import { amplitudeText, channelChoices, encodingText, factsText } from './clipText.ts';
import { stringsFor } from './strings.ts';

const text = stringsFor('en');

describe('what is said of a clip', () => {
  it('names encodings as people do', () => {
    expect(['pcm-u8', 'pcm-s24', 'float-64', 'mu-law', 'flac-s16', 'odd'].map(encodingText)).toEqual([
      '8-bit PCM',
      '24-bit PCM',
      '64-bit float',
      'µ-law',
      '16-bit FLAC',
      'odd',
    ]);
  });

  it('fits in one line', () => {
    const facts = {
      container: 'riff',
      encoding: 'pcm-s16',
      sampleRateHz: 22_050,
      channels: 6,
      samples: 1,
      durationSec: 3.2,
      sizeBytes: 9,
    };
    expect(factsText(facts, text)).toBe('3.200 s · 22.05 kHz · 6 channels · 16-bit PCM');
    expect(channelChoices(2, text).map((choice) => choice.text)).toEqual(['All channels mixed', 'Left', 'Right']);
    expect(channelChoices(3, text).map((choice) => choice.value)).toEqual(['-1', '0', '1', '2']);
    expect([1, 0.5, 0].map(amplitudeText)).toEqual(['+0.0 dBFS', '−6.0 dBFS', '−∞ dBFS']);
  });

  it('comes in the language of the workbench', () => {
    expect(stringsFor('zh-cn').mono).toBe('单声道');
    expect(stringsFor('de').mono).toBe('mono');
    expect(fill('{1} before {0}', 'a', 2)).toBe('2 before a');
  });
});

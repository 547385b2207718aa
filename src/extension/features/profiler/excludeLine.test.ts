import { describe, expect, it } from 'vitest';
import { excludeLine } from './excludeLine.ts';

describe('excluding a line of a manifest', () => {
  it('adds the key and leaves the rest as it was', () => {
    const line = '{ "audio_filepath":"a.wav",  "text": "one", "note": {"x": 1} }';
    expect(excludeLine(line, 'a.wav')).toBe(
      '{ "audio_filepath":"a.wav",  "text": "one", "note": {"x": 1}, "exclude": true }',
    );
  });

  it('changes the key where it is, once', () => {
    const excluded = excludeLine('{"exclude": false, "audio_filepath": "a.wav"}', 'a.wav')!;
    expect(excluded).toBe('{"exclude": true, "audio_filepath": "a.wav"}');
    expect(excludeLine(excluded, 'a.wav')).toBe(excluded);
  });

  it('touches no line of another recording, and none that is torn', () => {
    expect(excludeLine('{"audio_filepath": "b.wav"}', 'a.wav')).toBeUndefined();
    expect(excludeLine('{"audio_filepath": "a.wav"', 'a.wav')).toBeUndefined();
  });
});

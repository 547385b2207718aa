import { expect, test } from 'vitest';
import { cuesOf, renderSrt, renderVtt } from './subtitles.ts';

const word = (text: string, startSec: number, endSec: number) => ({ text, startSec, endSec, confidence: 1 });

test('cues end at pauses, before seven seconds and before 84 characters', () => {
  const paused = [word('one', 0, 0.4), word('two', 1.2, 1.5), word('three', 2.4, 2.8)];
  expect(cuesOf(paused).map(({ text }) => text)).toEqual(['one two', 'three']);
  const slow = Array.from({ length: 16 }, (_, i) => word('a', i * 0.7, i * 0.7 + 0.5));
  // The tenth word ends at 6.8 s, the eleventh at 7.5 s.
  expect(cuesOf(slow).map(({ words }) => words.length)).toEqual([10, 6]);
  const wide = Array.from({ length: 20 }, (_, i) => word('x'.repeat(13), i * 0.1, i * 0.1 + 0.1));
  // Six words of 13 and five spaces are 83 characters.
  expect(cuesOf(wide).map(({ text }) => text.length)).toEqual([83, 83, 83, 27]);
  expect(cuesOf([])).toEqual([]);
});

test('SubRip and WebVTT as their descriptions have them', () => {
  const cues = cuesOf([word('a<b', 0.0004, 1.9996), word('c', 3661.25, 3662)]);
  expect(renderSrt(cues)).toBe('1\n00:00:00,000 --> 00:00:02,000\na<b\n\n2\n01:01:01,250 --> 01:01:02,000\nc\n');
  expect(renderVtt(cues)).toBe('WEBVTT\n\n00:00:00.000 --> 00:00:02.000\na&lt;b\n\n01:01:01.250 --> 01:01:02.000\nc\n');
  expect(renderVtt([])).toBe('WEBVTT\n');
});

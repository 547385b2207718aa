import { expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { decodeGreedy, type GreedyDecoding } from '../ctcGreedy.ts';
import { type EndpointState, isEndpoint } from './endpoint.ts';
import { createGreedyStream } from './greedyStream.ts';

const size = 4;

it('decodes a stream as it would the whole, whatever the pieces and cuts', () => {
  const random = createRandom('greedy stream');
  for (let trial = 0; trial < 100; trial++) {
    const frames = 40;
    const values = Float32Array.from({ length: frames * size }, () => Math.round(4 * random.next()) / 4 - 2);
    const stream = createGreedyStream(size);
    const found: GreedyDecoding[] = [];
    for (let at = 0; at < frames; ) {
      const end = Math.min(frames, at + Math.floor(5 * random.next()));
      const preview = stream.preview(values.subarray(at * size, end * size));
      stream.push(values.subarray(at * size, end * size));
      expect(stream.decoding).toEqual(preview);
      at = end;
      // Only after a blank, as streams are cut.
      if (stream.lastTokenEnd < stream.frames && random.next() < 0.2) found.push(stream.cut());
    }
    found.push(stream.cut());
    const whole = decodeGreedy(values, frames, size);
    for (const key of ['tokens', 'frames', 'endFrames', 'confidence'] as const)
      expect(found.flatMap((part) => part[key])).toEqual(whole[key]);
    expect(stream.frames).toBe(frames);
    expect(stream.lastTokenEnd).toBe(whole.endFrames.at(-1) ?? 0);
  }
});

it('never takes back what it has said', () => {
  const random = createRandom('stable prefix');
  const stream = createGreedyStream(size);
  let before: number[] = [];
  for (let frame = 0; frame < 200; frame++) {
    stream.push(Float32Array.from({ length: size }, () => random.normal()));
    const now = [...stream.decoding.tokens];
    expect(now.slice(0, before.length)).toEqual(before);
    before = now;
  }
  expect(before.length).toBeGreaterThan(20);
});

it('ends an utterance in silence that both decoder and detector hear', () => {
  const rules = { silenceSec: 0.6, longestSec: 10 };
  const state: EndpointState = { decodedSec: 3, firstTokenSec: 1, lastTokenEndSec: 2.4, lastSpeechEndSec: 2.4 };
  expect(isEndpoint(state, rules)).toBe(true);
  expect(isEndpoint({ ...state, lastTokenEndSec: 2.5 }, rules)).toBe(false);
  expect(isEndpoint({ ...state, lastSpeechEndSec: 2.5 }, rules)).toBe(false);
  // Nothing was said, so nothing ends.
  expect(isEndpoint({ ...state, firstTokenSec: undefined }, rules)).toBe(false);
  // The detector takes noise for speech.
  expect(isEndpoint({ ...state, decodedSec: 4.7, lastSpeechEndSec: 4.7 }, rules)).toBe(false);
  expect(isEndpoint({ ...state, decodedSec: 4.8, lastSpeechEndSec: 4.8 }, rules)).toBe(true);
  // Speech without an end.
  expect(isEndpoint({ ...state, decodedSec: 11, lastTokenEndSec: 11, lastSpeechEndSec: 11 }, rules)).toBe(false);
  expect(isEndpoint({ ...state, decodedSec: 11, lastTokenEndSec: 10.9, lastSpeechEndSec: 11 }, rules)).toBe(true);
});

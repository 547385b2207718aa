import { expect, test } from 'vitest';
import { checkSamples } from './sampleRules.ts';

const tone = (amplitude: number, offset = 0, limit = Number.POSITIVE_INFINITY) =>
  Float32Array.from({ length: 16_000 }, (_, i) => {
    const value = offset + amplitude * Math.sin((2 * Math.PI * 200 * i) / 16_000);
    return Math.max(-limit, Math.min(limit, value));
  });
const codes = (samples: Float32Array) => checkSamples(samples).map(({ code }) => code);

test('a clean recording has no problem, quiet or loud', () => {
  expect(codes(tone(0.5))).toEqual([]);
  expect(codes(tone(0.01))).toEqual([]);
  expect(codes(tone(0.999))).toEqual([]);
});

test('silence, digital or nearly', () => {
  expect(checkSamples(new Float32Array(100))[0]!.message).toBe('silent: digital silence');
  expect(checkSamples(tone(0.0005))[0]!.message).toBe('silent: its peak is -66 dB');
  expect(codes(new Float32Array(0))).toEqual(['silent']);
});

test('clipping is runs at the limit, not a loud peak', () => {
  expect(codes(tone(1.5, 0, 1))).toEqual(['clipped']);
  expect(codes(tone(0.8, 0, 0.5))).toEqual([]);
});

test('a constant offset', () => {
  expect(codes(tone(0.3, 0.1))).toEqual(['dc-offset']);
});

import { expect, test } from 'vitest';
import { createEdgeMeter } from './quietEdges.ts';

const rate = 16_000;
const hiss = (seconds: number, level: number) =>
  Float32Array.from({ length: seconds * rate }, (_, i) => level * Math.sin(i * i));
const joined = (...parts: Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));

test('silence before and after the sound is measured over any chunks', () => {
  const samples = joined(hiss(2.5, 0.0005), hiss(1, 0.3), hiss(3, 0.0005));
  const meter = createEdgeMeter(rate);
  for (let start = 0; start < samples.length; start += 777) meter.add(samples.subarray(start, start + 777));
  const { leadSec, tailSec } = meter.edges()!;
  // To a block of 20 ms.
  expect(Math.abs(leadSec - 2.5)).toBeLessThanOrEqual(0.02);
  expect(Math.abs(tailSec - 3)).toBeLessThanOrEqual(0.02);
  expect(meter.problem()).toMatchObject({ code: 'edge-silence', fix: { copy: { change: 'trim' } } });
});

test('a breath around a sentence, room noise and silence throughout are no edges', () => {
  const problem = (...parts: Float32Array[]) => {
    const meter = createEdgeMeter(rate);
    meter.add(joined(...parts));
    return meter.problem();
  };
  expect(problem(hiss(1.5, 0), hiss(1, 0.3), hiss(1.5, 0))).toBeUndefined();
  expect(problem(hiss(3, 0.01), hiss(1, 0.3))).toBeUndefined();
  expect(problem(hiss(3, 0))).toBeUndefined();
});

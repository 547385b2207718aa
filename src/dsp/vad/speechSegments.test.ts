import { expect, it } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { findSpeechSegments, type SegmentRules } from './speechSegments.ts';
import { createSpeechTracker } from './speechTracker.ts';

const rules: SegmentRules = {
  frameSec: 0.1,
  windowSec: 0.5,
  onsetRatio: 0.6,
  offsetRatio: 0.2,
  paddingSec: 0,
  minSpeechSec: 0.2,
  minSilenceSec: 0.4,
  maxSegmentSec: 100,
};
const flags = (text: string) => [...text].map((character) => character === 'x');
const frames = (text: string, change: Partial<SegmentRules> = {}) =>
  findSpeechSegments(flags(text), { ...rules, ...change }).map(({ startSec, endSec }) => [
    Math.round(startSec * 10),
    Math.round(endSec * 10),
  ]);

it('begins at the first frame of speech and ends after the last', () => {
  expect(frames('..........')).toEqual([]);
  expect(frames('..xxxxx....')).toEqual([[2, 7]]);
  expect(frames('xxxxx')).toEqual([[0, 5]]);
  // A click before it is none of it.
  expect(frames('.x..xxxxx....', { onsetRatio: 0.4 })).toEqual([[4, 9]]);
});

it('takes single frames for noise, and short gaps for speech', () => {
  expect(frames('..x.....x.....')).toEqual([]);
  expect(frames('..xx.xx..xxx.....')).toEqual([[2, 12]]);
});

it('joins over pauses shorter than the least, and drops speech shorter than the least', () => {
  expect(frames('xxxxx.....xxxxx', { minSilenceSec: 0.6 })).toEqual([[0, 15]]);
  expect(frames('xxxxx.....xxxxx', { minSilenceSec: 0.5 })).toEqual([
    [0, 5],
    [10, 15],
  ]);
  expect(frames('..xxx......xxxxxx.....', { minSpeechSec: 0.4 })).toEqual([[11, 17]]);
});

it('pads to half of the pause at most, and not beyond the recording', () => {
  expect(frames('.xxxxx......xxxxx..........', { paddingSec: 0.5 })).toEqual([
    [0, 9],
    [9, 22],
  ]);
});

it('cuts long speech in its longest pause, or where it must', () => {
  expect(frames(`${'x'.repeat(14)}..${'x'.repeat(10)}`, { maxSegmentSec: 2 })).toEqual([
    [0, 15],
    [15, 26],
  ]);
  expect(frames('x'.repeat(45), { maxSegmentSec: 2 })).toEqual([
    [0, 20],
    [20, 40],
    [40, 45],
  ]);
});

it('gives ordered segments within the limits for any decisions', () => {
  const random = createRandom('segments');
  for (let trial = 0; trial < 200; trial++) {
    let on = false;
    const speech = Array.from({ length: 300 }, () => {
      if (random.next() < 0.1) on = !on;
      return on;
    });
    let before = 0;
    for (const { startSec, endSec } of findSpeechSegments(speech, { ...rules, paddingSec: 0.3, maxSegmentSec: 3 })) {
      expect(startSec).toBeGreaterThanOrEqual(before - 1e-9);
      expect(endSec).toBeGreaterThan(startSec);
      expect(endSec - startSec).toBeLessThanOrEqual(3 + 1e-9);
      before = endSec;
    }
    expect(before).toBeLessThanOrEqual(30 + 1e-9);
  }
});

it('knows while it listens how long the silence has lasted', () => {
  const tracker = createSpeechTracker(rules);
  for (const flag of flags('..xxxxx')) tracker.push(flag);
  expect([tracker.speaking, tracker.startFrame]).toEqual([true, 2]);
  for (const flag of flags('......')) tracker.push(flag);
  expect([tracker.speaking, tracker.frames - tracker.endFrame]).toEqual([false, 6]);
});

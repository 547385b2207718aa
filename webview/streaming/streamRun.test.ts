import { expect, it } from 'vitest';
import type { StreamEvent } from '../../src/shared/streaming/streamEvents.ts';
import { histogramOf } from './pictures.ts';
import { freshRun, isGoing, takeEvent } from './streamRun.ts';
import { stringsFor } from './strings.ts';

const said = (
  event: 'partial' | 'final',
  words: [string, number][],
  heardSec: number,
  computeMs: number,
): StreamEvent => ({
  event,
  settledLength: 0,
  text: words.map(([text]) => text).join(' '),
  words: words.map(([text, startSec]) => ({ text, startSec, endSec: startSec + 0.2, confidence: 1 })),
  startSec: words[0]![1],
  endSec: words.at(-1)![1] + 0.2,
  heardSec,
  computeMs,
});

it('keeps final texts, the partial one, and when each word was first seen', () => {
  const events: StreamEvent[] = [
    { event: 'model', model: 'm', mode: 'segmented', chunkMs: 160, lookAheadMs: 480, silenceMs: 600, speed: 1 },
    { event: 'file', index: 0, files: 1, audioFilepath: 'a.wav', durationSec: 4 },
    { event: 'chunk', heardSec: 0.5, computeMs: 7, speech: true },
    said('partial', [['ON', 0.25]], 0.5, 10),
    said(
      'partial',
      [
        ['ONE', 0.25],
        ['T', 0.75],
      ],
      1,
      20,
    ),
    said(
      'final',
      [
        ['ONE', 0.25],
        ['TWO', 0.75],
      ],
      2,
      30,
    ),
    said('partial', [['THREE', 2.5]], 3, 40),
  ];
  const run = events.reduce(takeEvent, freshRun());
  expect(run).toMatchObject({ state: 'playing', mode: 'segmented', lookAheadMs: 480, durationSec: 4, heardSec: 0.5 });
  expect(run.finals.map(({ text }) => text)).toEqual(['ONE TWO']);
  expect(run.partial).toBe('THREE');
  // Heard less begun, and computing: 250 + 10, 250 + 20, 500 + 40.
  expect(run.wordDelaysMs).toEqual([260, 270, 540]);
  expect(run.chunks).toEqual([{ heardSec: 0.5, computeMs: 7 }]);
  expect([isGoing(freshRun()), isGoing(run), isGoing({ ...run, state: 'stopped' })]).toEqual([true, true, false]);
});

it('counts times in round stretches that hold them all', () => {
  const text = stringsFor('en');
  const series = { name: 'chunks', color: '' };
  const { bars, series: shown } = histogramOf([0.5, 1.5, 1.9, 9.9], series, text);
  expect(bars.map(({ tick }) => tick)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  expect(shown[0]!.counts).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(histogramOf([], series, text).bars).toEqual([]);
  // A word may be seen before it is said to begin.
  expect(histogramOf([-30, 470], series, text)).toMatchObject({ bars: { length: 11 } });
  const many = histogramOf([3, 12_345], series, text);
  expect(many.bars.length).toBeLessThan(25);
  expect(many.series[0]!.counts.reduce((sum, count) => sum + count)).toBe(2);
});

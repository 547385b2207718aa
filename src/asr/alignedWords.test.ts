import createEspeak, { type Synthesizer } from '@echogarden/espeak-ng-emscripten';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSilences } from '../dsp/findSilences.ts';
import { createRandom, type Random } from '../shared/random.ts';
import { alignedWords } from './alignedWords.ts';
import type { AlignedToken } from './ctcAlign.ts';

const vocabulary = ['<blank>', ' ', ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const spike = (unit: string, firstFrame: number, frames = 1, p = 0.5): AlignedToken => ({
  token: vocabulary.indexOf(unit),
  firstFrame,
  endFrame: firstFrame + frames,
  logScore: Math.log(p),
});

describe('by hand', () => {
  // 0.1 s per frame: "AB" has its spikes at 0.5 and 0.8 s, "C" at 1.4 s.
  const aligned = [spike('A', 5), spike('B', 8, 1, 0.2), spike(' ', 10), spike('C', 14)];
  const edgesOf = (...silences: [number, number][]) => {
    const audio = {
      secondsPerFrame: 0.1,
      durationSec: 2,
      silences: silences.map(([startSec, endSec]) => ({ startSec, endSec })),
    };
    const round = (sec: number) => Math.round(sec * 1000) / 1000;
    return alignedWords(aligned, vocabulary, audio).words.map(({ startSec, endSec }) => [
      round(startSec),
      round(endSec),
    ]);
  };

  test('silence is where words end and begin, also a little inside the outermost spikes', () => {
    expect(edgesOf([0, 0.4], [0.95, 1.3], [1.6, 2])).toEqual([
      [0.4, 0.95],
      [1.3, 1.6],
    ]);
    expect(edgesOf([0, 0.58], [0.77, 1.43], [1.47, 2])).toEqual([
      [0.58, 0.77],
      [1.4, 1.5],
    ]);
  });

  test('a spike that stands in silence is of the sound before it, however far', () => {
    const late = [spike('A', 2), spike('B', 3), spike('C', 12)];
    const silences = [
      { startSec: 0, endSec: 0.15 },
      { startSec: 0.8, endSec: 2 },
    ];
    const { words } = alignedWords(late, vocabulary, { secondsPerFrame: 0.1, durationSec: 2, silences });
    expect(words[0]!.endSec).toBeCloseTo(0.8, 9);
  });

  test('without silence words meet half-way and reach 0.15 s at most', () => {
    expect(edgesOf()).toEqual([
      [0.35, 1.05],
      [1.25, 1.65],
    ]);
  });

  test('a closure beside a pause is a sound of its word; a click within a pause is in none', () => {
    expect(edgesOf([0, 0.4], [0.86, 0.97], [1.05, 1.35], [1.5, 2])[0]).toEqual([0.4, 1.05]);
    expect(edgesOf([0, 0.4], [0.9, 1.08], [1.12, 1.35], [1.5, 2])).toEqual([
      [0.4, 0.9],
      [1.35, 1.5],
    ]);
  });

  test('scores are geometric means, times those of the recording, and tokens fill their words', () => {
    const audio = { secondsPerFrame: 0.1, durationSec: 2, offsetSec: 7, silences: [{ startSec: 0.9, endSec: 1.3 }] };
    const { words, tokens } = alignedWords(aligned, vocabulary, audio);
    expect(words.map(({ text }) => text)).toEqual(['AB', 'C']);
    expect(words[0]!.score).toBeCloseTo(Math.sqrt(0.5 * 0.2), 9);
    expect(words[0]!.endSec).toBeCloseTo(7.9, 9);
    expect(tokens.map(({ text }) => text)).toEqual(['A', 'B', 'C']);
    expect(tokens[0]!.endSec).toBeCloseTo(7.7, 9);
    expect(tokens[0]!.startSec).toBe(words[0]!.startSec);
    expect(tokens[1]!.startSec).toBe(tokens[0]!.endSec);
    expect(tokens[1]!.endSec).toBe(words[0]!.endSec);
  });
});

test('words never overlap, leave the audio or have no length, whatever spikes and silences say', () => {
  const gaps = fc.array(fc.tuple(fc.constantFrom('A', 'B', ' '), fc.integer({ min: 0, max: 8 })), { maxLength: 12 });
  const cuts = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 10 });
  fc.assert(
    fc.property(gaps, cuts, (units, times) => {
      let frame = 0;
      const aligned = units.map(([unit, gap]) => {
        frame += gap + 1;
        return spike(unit, frame - 1);
      });
      const durationSec = frame * 0.04 + 0.04;
      const sorted = times.sort((a, b) => a - b).map((time) => Math.min(durationSec, time / 100));
      const silences = sorted.slice(1).flatMap((endSec, i) => (i % 2 ? [] : [{ startSec: sorted[i]!, endSec }]));
      const { words } = alignedWords(aligned, vocabulary, { secondsPerFrame: 0.04, durationSec, silences });
      let before = 0;
      for (const { startSec, endSec } of words) {
        expect(startSec).toBeGreaterThanOrEqual(before);
        expect(endSec).toBeGreaterThan(startSec);
        before = endSec;
      }
      expect(before).toBeLessThanOrEqual(durationSec);
    }),
  );
});

const rate = 16_000;
const spoken = 'ONE SIX EIGHT THREE SHEEP FIVE HAPPY TWENTY LIGHT KITCHEN'.split(' ');

/** A word alone, from its first to its last audible sample. */
function speak(synthesizer: Synthesizer, text: string): Float32Array {
  const chunks: number[] = [];
  synthesizer.synthesize(text.toLowerCase(), (audio) => {
    for (const value of new Int16Array(audio.slice(0))) chunks.push(value / 32768);
  });
  const peak = chunks.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const heard = (value: number) => Math.abs(value) > 0.01 * peak;
  return Float32Array.from(chunks.slice(chunks.findIndex(heard), chunks.findLastIndex(heard) + 1), (v) => v / peak / 2);
}

/** Words with pauses of 0.2 to 0.7 s, over noise; where each one is; and a spike for each letter, up to 0.12 s late. */
function sayWithPauses(words: Float32Array[], noiseDb: number, random: Random) {
  const noise = 10 ** (noiseDb / 20);
  const truth: { startSec: number; endSec: number }[] = [];
  const aligned: AlignedToken[] = [];
  const parts: number[] = [];
  words.forEach((word, i) => {
    const pause = Math.round((0.2 + 0.5 * random.next()) * rate);
    for (let n = 0; n < pause; n++) parts.push(0);
    const startSec = parts.length / rate;
    for (const value of word) parts.push(value);
    const lengthSec = word.length / rate;
    truth.push({ startSec, endSec: startSec + lengthSec });
    const letters = [...spoken[i]!];
    letters.forEach((letter, at) => {
      const sec = startSec + ((at + random.next()) / letters.length) * lengthSec + 0.12 * random.next();
      const frame = Math.max((aligned.at(-1)?.endFrame ?? 0) + 1, Math.floor(sec / 0.04));
      aligned.push(spike(letter, frame));
    });
    aligned.push(spike(' ', aligned.at(-1)!.endFrame));
  });
  for (let n = 0; n < 0.4 * rate; n++) parts.push(0);
  return { samples: Float32Array.from(parts, (value) => value + noise * random.normal()), truth, aligned };
}

test('edges of spoken words between pauses are found within 30 ms, in noise within 60 ms', async () => {
  const espeak = await createEspeak();
  const synthesizer = new espeak.eSpeakNGWorker();
  expect(synthesizer.samplerate).toBe(22_050);
  synthesizer.set_voice('en-us');
  synthesizer.set_rate(150);
  // Read at 16 kHz instead of 22.05 kHz the voice is deeper and slower, which does not matter here.
  const words = spoken.map((text) => speak(synthesizer, text));
  for (const [noiseDb, limitSec] of [
    [-90, 0.03],
    [-60, 0.06],
  ] as const) {
    const { samples, truth, aligned } = sayWithPauses(words, noiseDb, createRandom('pauses', noiseDb));
    const durationSec = samples.length / rate;
    const silences = findSilences(samples, rate);
    const found = alignedWords(aligned, vocabulary, { secondsPerFrame: 0.04, durationSec, silences }).words;
    expect(found.map(({ text }) => text)).toEqual(spoken);
    const errors = found.flatMap(({ startSec, endSec, text }, i) => [
      { text, edge: 'start', sec: startSec - truth[i]!.startSec },
      { text, edge: 'end', sec: endSec - truth[i]!.endSec },
    ]);
    expect(errors.filter(({ sec }) => Math.abs(sec) > limitSec)).toEqual([]);
  }
});

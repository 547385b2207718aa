import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../shared/random.ts';
import { createTimeStretch } from './timeStretch.ts';

const rateHz = 16_000;

function stretch(samples: Float32Array, speed: number, pieces: number[] = [samples.length]): Float32Array {
  const stretcher = createTimeStretch(rateHz, 1, speed);
  const parts: Float32Array[] = [];
  let at = 0;
  for (const size of [...pieces, samples.length]) {
    parts.push(...stretcher.push([samples.subarray(at, at + size)]));
    at = Math.min(samples.length, at + size);
  }
  parts.push(...stretcher.flush());
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((offset, part) => {
    all.set(part, offset);
    return offset + part.length;
  }, 0);
  return all;
}

const sine = (hz: number, sec: number) =>
  Float32Array.from({ length: sec * rateHz }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rateHz));

/** Upward zero crossings per second, away from the edges. */
function pitchHz(samples: Float32Array): number {
  const inner = samples.subarray(1600, samples.length - 1600);
  let [crossings, first, last] = [0, 0, 0];
  for (let i = 1; i < inner.length; i++) {
    if (inner[i - 1]! < 0 && inner[i]! >= 0) {
      const at = i - inner[i]! / (inner[i]! - inner[i - 1]!);
      if (crossings++ === 0) first = at;
      last = at;
    }
  }
  return ((crossings - 1) * rateHz) / (last - first);
}

describe('another speed at the same pitch', () => {
  it.each([0.5, 0.75, 1.25, 1.5, 2])('keeps a tone at speed %s, as loud and as pure as it was', (speed) => {
    for (const hz of [110, 220.5, 1000]) {
      const slow = stretch(sine(hz, 2), speed);
      expect(slow.length).toBe(Math.round((2 * rateHz) / speed));
      // A tenth of a percent is under two cents.
      expect(Math.abs(pitchHz(slow) / hz - 1)).toBeLessThan(1e-3);
      const loudest = slow.subarray(1600, -1600).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(loudest).toBeGreaterThan(0.49);
      expect(loudest).toBeLessThan(0.51);
    }
  });

  it('changes nothing at speed 1', () => {
    const random = createRandom(1, 'noise');
    const noise = Float32Array.from({ length: 9000 }, () => random.normal() * 0.1);
    const same = stretch(noise, 1);
    expect(same.findIndex((value, i) => Math.abs(value - noise[i]!) > 1e-6)).toBe(-1);
  });

  it('puts every sound where its time is, however long it has played', () => {
    const durationSec = 99;
    const bursts = new Float32Array(durationSec * rateHz);
    const random = createRandom(2, 'bursts');
    for (let sec = 1; sec < durationSec; sec += 7)
      for (let i = 0; i < 1600; i++) bursts[sec * rateHz + i] = random.normal() * 0.2;
    for (const speed of [0.6, 1.7]) {
      const pieces = Array.from({ length: durationSec }, () => rateHz);
      const played = stretch(bursts, speed, pieces);
      for (let sec = 1; sec < durationSec; sec += 7) {
        // Where the middle of the burst's energy is.
        const from = Math.round(((sec - 0.5) * rateHz) / speed);
        const window = played.subarray(from, from + Math.round((1.1 * rateHz) / speed));
        let [energy, moment] = [0, 0];
        for (const [i, value] of window.entries()) {
          energy += value * value;
          moment += i * value * value;
        }
        const heardSec = ((from + moment / energy) * speed) / rateHz;
        expect(Math.abs(heardSec - (sec + 0.05)), `${sec} s at speed ${speed}`).toBeLessThan(0.012);
      }
    }
  });

  it('does not depend on how its input is cut, and holds little of it', () => {
    const tone = sine(300, 0.5);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 8 }),
        fc.constantFrom(0.5, 0.9, 1.6, 2),
        (pieces, speed) => {
          expect(stretch(tone, speed, pieces)).toEqual(stretch(tone, speed));
        },
      ),
      { numRuns: 12 },
    );
  });

  it('takes sounds shorter than a window', () => {
    for (const length of [0, 1, 100, 700]) {
      const short = stretch(
        Float32Array.from({ length }, () => 0.25),
        0.5,
      );
      expect(short.length).toBe(length * 2);
    }
  });

  it('moves all channels alike', () => {
    const left = sine(300, 1);
    const right = left.map((value) => -0.5 * value);
    const both = createTimeStretch(rateHz, 2, 1.5);
    const pieces = [both.push([left, right]), both.flush()];
    const [one, other] = [0, 1].map((channel) => pieces.flatMap((piece) => [...piece[channel]!]));
    expect(one!.length).toBe(Math.round(rateHz / 1.5));
    expect(one!.findIndex((value, i) => Math.abs(other![i]! + 0.5 * value) > 1e-6)).toBe(-1);
  });
});

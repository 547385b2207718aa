import { describe, expect, it } from 'vitest';
import { type Bands, bandScale } from '../hand/bands.ts';
import { createFrequencyAxis } from './frequencyAxis.ts';
import { frequencyTexts, frequencyTicks } from './frequencyTicks.ts';

const axis = createFrequencyAxis({ scale: 'slaney', bins: 80, lowHz: 0, highHz: 8000 });
const all = { low: 0, high: 1 };

describe('frequency ticks', () => {
  it.each([60, 120, 400, 1000])('have labels apart from each other on a lane of %d px, at any zoom', (heightPx) => {
    for (const span of [1, 0.5, 0.2, 0.05])
      for (let low = 0; low + span <= 1; low += 0.07) {
        const bands: Bands = { low, high: low + span };
        const { labelled } = frequencyTicks(axis, bands, heightPx);
        const places = labelled.map((hz) => bandScale(bands, heightPx).toPx(axis.toShare(hz)));
        expect(places.length, `${low} ${span}`).toBeGreaterThan(0);
        for (const [i, px] of places.entries()) {
          expect(px).toBeGreaterThanOrEqual(0);
          expect(px).toBeLessThanOrEqual(heightPx);
          if (i > 0) expect(places[i - 1]! - px).toBeGreaterThanOrEqual(24);
        }
        const texts = frequencyTexts(labelled);
        expect(new Set(texts.map((text) => text.replace(' ', ''))).size, texts.join()).toBe(texts.length);
      }
  });

  it('are round over the whole axis, and finer where there is more room', () => {
    expect(frequencyTicks(axis, all, 400).labelled).toEqual([500, 1000, 1500, 2000, 3000, 4000, 6000]);
    const near = axis.toShare(1000);
    const close = frequencyTicks(axis, { low: near - 0.025, high: near + 0.025 }, 400);
    expect(close.labelled).toContain(1000);
    expect(close.labelled[1]! - close.labelled[0]!).toBeLessThanOrEqual(10);
    expect(close.plain.length).toBeGreaterThan(close.labelled.length);
  });

  it('say their unit once, and no more digits than tell them apart', () => {
    expect(frequencyTexts([500, 1000, 1500])).toEqual(['500', '1k', '1.5 kHz']);
    expect(frequencyTexts([1005, 1010, 1015])).toEqual(['1005', '1010', '1015 Hz']);
    expect(frequencyTexts([400, 450])).toEqual(['400', '450 Hz']);
  });
});

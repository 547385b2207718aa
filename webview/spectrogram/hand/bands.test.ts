import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allBands,
  type Bands,
  bandScale,
  clampBands,
  keptBands,
  minBandSpan,
  panBands,
  revealBand,
  zoomBandsAt,
} from './bands.ts';

const minSpan = minBandSpan(80);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const bands = fc
  .tuple(share, fc.double({ min: minSpan, max: 1, noNaN: true }))
  .map(([low, span]) => clampBands({ low, high: low + span }, minSpan));
const spanOf = ({ low, high }: Bands) => high - low;
const inside = ({ low, high }: Bands) => {
  expect(low).toBeGreaterThanOrEqual(0);
  expect(high).toBeLessThanOrEqual(1 + 1e-9);
};

describe('visible bands', () => {
  it('keep what is under the pointer where it is, unless an end of the axis is in the way', () => {
    fc.assert(
      fc.property(bands, share, fc.double({ min: 0.1, max: 40, noNaN: true }), (visible, at, factor) => {
        const anchor = visible.low + at * spanOf(visible);
        const zoomed = zoomBandsAt(visible, anchor, factor, minSpan);
        inside(zoomed);
        expect(spanOf(zoomed)).toBeCloseTo(Math.min(1, Math.max(minSpan, spanOf(visible) / factor)), 9);
        if (zoomed.low > 0 && zoomed.high < 1 - 1e-9) expect((anchor - zoomed.low) / spanOf(zoomed)).toBeCloseTo(at, 6);
      }),
    );
  });

  it('keep their span when panned, and stay on the axis', () => {
    fc.assert(
      fc.property(bands, fc.double({ min: -3, max: 3, noNaN: true }), (visible, delta) => {
        const panned = panBands(visible, delta, minSpan);
        inside(panned);
        expect(spanOf(panned)).toBeCloseTo(spanOf(visible), 9);
      }),
    );
  });

  it('never show less than a few bins, nor more than there are', () => {
    expect(minSpan).toBe(0.05);
    expect(minBandSpan(2)).toBe(1);
    expect(clampBands({ low: 0.5, high: 0.5 }, minSpan)).toEqual({ low: 0.5, high: 0.55 });
    expect(clampBands({ low: -1, high: 4 }, minSpan)).toEqual(allBands);
  });

  it('move only as far as needed to show a row', () => {
    const visible = { low: 0.4, high: 0.6 };
    expect(revealBand(visible, 0.5, 0.0125, minSpan)).toEqual(visible);
    expect(revealBand(visible, 0.7, 0.02, minSpan).high).toBeCloseTo(0.71, 9);
    expect(revealBand(visible, 0.1, 0.02, minSpan).low).toBeCloseTo(0.09, 9);
  });

  it('are kept only where something is zoomed', () => {
    expect(keptBands(allBands)).toBeUndefined();
    expect(keptBands({ low: 0.25, high: 0.5 })).toEqual({ low: 0.25, high: 0.5 });
  });

  it('map shares to places and back', () => {
    const scale = bandScale({ low: 0.25, high: 0.75 }, 200);
    expect(scale.toPx(0.75)).toBe(0);
    expect(scale.toPx(0.25)).toBe(200);
    expect(scale.toShare(50)).toBe(0.625);
  });
});

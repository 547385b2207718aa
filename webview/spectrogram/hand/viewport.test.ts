import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampViewport, fitAll, panBy, reveal, timeScale, type Viewport, zoomAt, zoomTo } from './viewport.ts';

const limits = { durationSec: 100, minSpanSec: 0.01 };
const viewports = fc
  .tuple(fc.double({ min: 0, max: 99, noNaN: true }), fc.double({ min: 0.02, max: 1, noNaN: true }))
  .map(([startSec, spanSec]): Viewport => ({ startSec, endSec: startSec + spanSec }));
const spanOf = ({ startSec, endSec }: Viewport) => endSec - startSec;
const inside = ({ startSec, endSec }: Viewport) => {
  expect(startSec).toBeGreaterThanOrEqual(0);
  expect(endSec).toBeLessThanOrEqual(limits.durationSec + 1e-9);
};

describe('viewport', () => {
  it('keeps the time under the pointer where it is, unless the edge of the clip is in the way', () => {
    fc.assert(
      fc.property(
        viewports,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        (viewport, share, factor) => {
          const anchor = viewport.startSec + share * spanOf(viewport);
          const zoomed = zoomAt(viewport, anchor, factor, limits);
          inside(zoomed);
          expect(spanOf(zoomed)).toBeCloseTo(Math.max(limits.minSpanSec, spanOf(viewport) / factor), 6);
          if (zoomed.startSec > 0 && zoomed.endSec < 100)
            expect((anchor - zoomed.startSec) / spanOf(zoomed)).toBeCloseTo(share, 5);
        },
      ),
    );
  });

  it('keeps its span when panned, and stays inside', () => {
    fc.assert(
      fc.property(viewports, fc.double({ min: -200, max: 200, noNaN: true }), (viewport, delta) => {
        const panned = panBy(viewport, delta, limits);
        inside(panned);
        expect(spanOf(panned)).toBeCloseTo(spanOf(viewport), 9);
      }),
    );
  });

  it('moves only as far as needed to show a time', () => {
    const viewport = { startSec: 10, endSec: 20 };
    expect(reveal(viewport, 15, limits)).toEqual(viewport);
    expect(reveal(viewport, 20, limits)).toEqual({ startSec: 10.5, endSec: 20.5 });
    expect(reveal(viewport, 0, limits)).toEqual({ startSec: 0, endSec: 10 });
    expect(reveal(viewport, 100, limits)).toEqual({ startSec: 90, endSec: 100 });
  });

  it('shows clips of any length', () => {
    expect(fitAll({ durationSec: 0, minSpanSec: 0.01 })).toEqual({ startSec: 0, endSec: 0.01 });
    expect(clampViewport({ startSec: -5, endSec: 500 }, limits)).toEqual({ startSec: 0, endSec: 100 });
    expect(zoomTo(50, 60, limits)).toEqual({ startSec: 49.5, endSec: 60.5 });
  });

  it('maps times to places and back', () => {
    const scale = timeScale({ startSec: 2, endSec: 4 }, 800);
    expect(scale.toPx(3)).toBe(400);
    expect(scale.toSec(400)).toBe(3);
  });
});

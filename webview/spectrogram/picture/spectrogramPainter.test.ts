import { describe, expect, it } from 'vitest';
import { buildColormap } from '../../../src/shared/colormap.ts';
import { fillPixels, spansOf } from './spectrogramPainter.ts';

const colors = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 255 : Math.floor(i / 4)));

describe('the painter without graphics hardware', () => {
  const view = {
    ...{ firstColumn: 0, columnsPerPixel: 0.5, validColumns: 2, firstBand: 0, bandsPerPixel: 1 },
    ...{ lowLevel: 0, highLevel: 255, smooth: false },
  };
  // Two columns of two bands, low band first.
  const cells = { data: Uint8Array.of(10, 20, 30, 40), columns: 2, bins: 2 };
  const paint = (change: object = {}) => {
    const target = new Uint8ClampedArray(4 * 2 * 4);
    fillPixels(target, 4, 2, cells, colors, { ...view, ...change });
    return Array.from({ length: 8 }, (_, i) => target[i * 4]!);
  };

  it('puts time to the right and frequency upwards', () => {
    expect(paint()).toEqual([20, 20, 40, 40, 10, 10, 30, 30]);
  });

  it('blends between cells', () => {
    expect(paint({ smooth: true }).slice(0, 4)).toEqual([20, 25, 35, 40]);
  });

  it('blends nothing in from beyond the clip', () => {
    expect(paint({ smooth: true, validColumns: 1 }).slice(0, 3)).toEqual([20, 20, 0]);
  });

  it('stretches the shown levels over all colours and paints nothing outside the clip', () => {
    expect(paint({ lowLevel: 20, highLevel: 40 })).toEqual([0, 0, 255, 255, 0, 0, 128, 128]);
    const target = new Uint8ClampedArray(4 * 2 * 4);
    fillPixels(target, 4, 2, cells, buildColormap('viridis'), { ...view, firstColumn: 1 });
    expect(target[3 * 4 + 3]).toBe(0);
    expect(target[1 * 4 + 3]).toBe(255);
  });

  it.each([1, 1.3, 1.99, 3.7])('shows every cell in exactly one pixel at %f cells per pixel', (perPixel) => {
    for (const first of [0, 0.4, 0.5]) {
      const cells = Math.floor(200 * perPixel);
      const seen = new Uint8Array(cells);
      for (const span of spansOf(first, perPixel, 205, cells, true))
        for (let cell = span?.first ?? 0; cell < (span?.end ?? 0); cell++) seen[cell]!++;
      expect(seen.every((times, cell) => times === 1 || cell < first)).toBe(true);
    }
  });

  it('shows a single loud cell whichever pixel it falls into, in time and in frequency', () => {
    const [columns, bins] = [37, 50];
    for (let loud = 0; loud < columns * bins; loud += 7) {
      const data = new Uint8Array(columns * bins);
      data[loud] = 200;
      const target = new Uint8ClampedArray(20 * 16 * 4);
      const zoomedOut = { ...view, columnsPerPixel: columns / 20, validColumns: columns, bandsPerPixel: bins / 16 };
      fillPixels(target, 20, 16, { data, columns, bins }, colors, { ...zoomedOut, smooth: true });
      expect(Math.max(...target.filter((_, i) => i % 4 === 0))).toBe(200);
    }
  });

  it('shows a part of the bands', () => {
    expect(paint({ firstBand: 1, bandsPerPixel: 0.5 })).toEqual([20, 20, 40, 40, 20, 20, 40, 40]);
  });
});

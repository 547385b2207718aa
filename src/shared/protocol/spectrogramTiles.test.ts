import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsIn, levelFor, tileExtent, tileRange, tilesIn, topLevel } from './spectrogramTiles.ts';

const grids = fc.record({ units: fc.integer({ min: 1, max: 10_000_000 }), tileColumns: fc.constantFrom(1, 7, 256) });

describe('tiles', () => {
  it('cover every unit of a level exactly once', () => {
    fc.assert(
      fc.property(grids, fc.integer({ min: 0, max: 12 }), (grid, wanted) => {
        const level = Math.max(0, Math.min(wanted, topLevel(grid)));
        const count = Math.min(tilesIn(grid, level), 50);
        let unit = 0;
        for (let index = 0; index < count; index++) {
          const extent = tileExtent(grid, { level, index })!;
          expect(extent.startUnit).toBe(unit);
          unit = extent.endUnit;
        }
        if (count === tilesIn(grid, level)) expect(unit).toBe(grid.units);
        expect(tileExtent(grid, { level, index: tilesIn(grid, level) })).toBeUndefined();
      }),
    );
  });

  it('are found for any stretch', () => {
    fc.assert(
      fc.property(grids, fc.nat(), fc.nat(), (grid, a, b) => {
        const start = a % grid.units;
        const end = start + 1 + (b % (grid.units - start));
        const { first, end: last } = tileRange(grid, 0, start, end);
        expect(tileExtent(grid, { level: 0, index: first })!.startUnit).toBeLessThanOrEqual(start);
        expect(tileExtent(grid, { level: 0, index: last - 1 })!.endUnit).toBeGreaterThanOrEqual(end);
      }),
    );
    expect(tileRange({ units: 100, tileColumns: 10 }, 0, -50, -1)).toEqual({ first: 0, end: 0 });
    expect(tileRange({ units: 100, tileColumns: 10 }, 0, 200, 300)).toEqual({ first: 10, end: 10 });
  });

  it('has one tile on top', () => {
    const grid = { units: 360_001, tileColumns: 256 };
    expect(tilesIn(grid, topLevel(grid))).toBe(1);
    expect(tilesIn(grid, topLevel(grid) - 1)).toBe(2);
    expect(columnsIn(grid, 4)).toBe(22_501);
  });

  it('picks a level with a column or two per pixel', () => {
    const grid = { units: 360_000, tileColumns: 256 };
    expect(levelFor(grid, 0.01)).toBe(0);
    expect(levelFor(grid, 1.99)).toBe(0);
    expect(levelFor(grid, 2)).toBe(1);
    expect(levelFor(grid, 128.5)).toBe(7);
    expect(levelFor(grid, 1e9)).toBe(topLevel(grid));
    expect(levelFor(grid, 1, 20_000, 8192)).toBe(2);
  });
});

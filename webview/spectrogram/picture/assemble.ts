import type { TileGrid } from '../../../src/shared/protocol/spectrogramTiles.ts';
import { columnUnits, topLevel } from '../../../src/shared/protocol/spectrogramTiles.ts';

/** Columns ready to paint: the tiles of a stretch side by side. */
export interface Picture<T extends Uint8Array | Float32Array> {
  level: number;
  firstColumn: number;
  columns: number;
  data: T; // [columns, values]
}

/** Where tiles are found; undefined when one has not come yet. */
export type TileLookup<T> = (level: number, index: number) => T | undefined;

/**
 * Puts tiles side by side. A missing tile is filled from the nearest coarser level that is there, so that zooming in
 * sharpens a picture instead of emptying it; failing that, from the next finer ones.
 */
export function assemble<T extends Uint8Array | Float32Array>(
  grid: TileGrid,
  level: number,
  range: { first: number; end: number },
  values: number,
  lookup: TileLookup<T>,
  target: T,
): void {
  const top = topLevel(grid);
  const perTile = grid.tileColumns * values;
  for (let index = range.first; index < range.end; index++) {
    const offset = (index - range.first) * perTile;
    const tile = lookup(level, index);
    if (tile) target.set(tile as never, offset);
    else if (!fillFromCoarser(grid, level, index, values, lookup, target, offset, top))
      fillFromFiner(grid, level, index, values, lookup, target, offset);
  }
}

function fillFromCoarser<T extends Uint8Array | Float32Array>(
  grid: TileGrid,
  level: number,
  index: number,
  values: number,
  lookup: TileLookup<T>,
  target: T,
  offset: number,
  top: number,
): boolean {
  const first = index * grid.tileColumns;
  for (let coarser = level + 1; coarser <= top; coarser++) {
    const perColumn = columnUnits(coarser - level);
    const tileIndex = Math.floor(first / perColumn / grid.tileColumns);
    const tile = lookup(coarser, tileIndex);
    if (!tile) continue;
    const held = tile.length / values;
    for (let column = 0; column < grid.tileColumns; column++) {
      const source = Math.floor((first + column) / perColumn) - tileIndex * grid.tileColumns;
      if (source < 0 || source >= held) break;
      const at = offset + column * values;
      if (at >= target.length) break;
      for (let value = 0; value < values; value++) target[at + value] = tile[source * values + value]!;
    }
    return true;
  }
  return false;
}

/** The first of each group of finer columns stands for it; it is on screen for a moment only. */
function fillFromFiner<T extends Uint8Array | Float32Array>(
  grid: TileGrid,
  level: number,
  index: number,
  values: number,
  lookup: TileLookup<T>,
  target: T,
  offset: number,
): void {
  for (let finer = level - 1; finer >= Math.max(0, level - 3); finer--) {
    const perColumn = columnUnits(level - finer);
    let found = false;
    for (let column = 0; column < grid.tileColumns; column++) {
      const source = (index * grid.tileColumns + column) * perColumn;
      const tile = lookup(finer, Math.floor(source / grid.tileColumns));
      const at = offset + column * values;
      const from = (source % grid.tileColumns) * values;
      if (!tile || from >= tile.length || at >= target.length) continue;
      found = true;
      for (let value = 0; value < values; value++) target[at + value] = tile[from + value]!;
    }
    if (found) return;
  }
}

/** One channel counted from 0, or −1 for the mean of all, which is what a model hears. */
export type ChannelChoice = number;
export const mixedChannels: ChannelChoice = -1;

/** A message to a view is no larger than this. */
export const largestTileBytes = 256 * 1024;

export interface Tile {
  data: ArrayBuffer;
  /** False while parts of it stand in for samples that have not been read yet. */
  complete: boolean;
}

/**
 * How a clip is cut into tiles. A lane counts in units (feature frames, or samples of the file); a column of level k
 * covers 2^k units, and a tile holds up to `tileColumns` columns. Level 0 is exact, each further level halves the detail.
 */
export interface TileGrid {
  /** Frames or samples of the whole clip. */
  readonly units: number;
  /** Columns of one tile. */
  readonly tileColumns: number;
}

export interface TileAddress {
  level: number;
  /** Position in its level, from 0. */
  index: number;
}

/** Units covered by one column of a level. */
export const columnUnits = (level: number): number => 2 ** level;

/** Columns of a whole level; the last one may cover fewer units. */
export const columnsIn = (grid: TileGrid, level: number): number => Math.ceil(grid.units / columnUnits(level));

export const tilesIn = (grid: TileGrid, level: number): number => Math.ceil(columnsIn(grid, level) / grid.tileColumns);

/** The first level that holds the whole clip in one tile. */
export function topLevel(grid: TileGrid): number {
  let level = 0;
  while (columnsIn(grid, level) > grid.tileColumns) level++;
  return level;
}

/**
 * The coarsest level that still has at least one column per pixel. Where that would exceed `maxColumns` for the
 * visible stretch (the size limit of a texture), a coarser one.
 */
export function levelFor(grid: TileGrid, unitsPerPixel: number, visibleUnits = 0, maxColumns = Infinity): number {
  const top = topLevel(grid);
  let level = Math.min(top, Math.max(0, Math.floor(Math.log2(Math.max(1, unitsPerPixel)))));
  while (level < top && visibleUnits / columnUnits(level) > maxColumns) level++;
  return level;
}

/** The tiles of a level that touch [startUnit, endUnit), as first and one past the last index. */
export function tileRange(
  grid: TileGrid,
  level: number,
  startUnit: number,
  endUnit: number,
): { first: number; end: number } {
  const span = grid.tileColumns * columnUnits(level);
  const count = tilesIn(grid, level);
  const first = Math.min(count, Math.max(0, Math.floor(startUnit / span)));
  return { first, end: Math.max(first, Math.min(count, Math.ceil(endUnit / span))) };
}

/** Columns and units of one tile; undefined where the clip has no such tile. */
export function tileExtent(
  grid: TileGrid,
  { level, index }: TileAddress,
): { firstColumn: number; columns: number; startUnit: number; endUnit: number } | undefined {
  const firstColumn = index * grid.tileColumns;
  const columns = Math.min(grid.tileColumns, columnsIn(grid, level) - firstColumn);
  if (index < 0 || level < 0 || level > topLevel(grid) || columns <= 0) return undefined;
  const startUnit = firstColumn * columnUnits(level);
  return { firstColumn, columns, startUnit, endUnit: Math.min(grid.units, startUnit + columns * columnUnits(level)) };
}

import type { Loudness } from '../../../../shared/protocol/spectrogramPicture.ts';

/** Maps decibels to bytes; one scale for every tile of a picture. */
export interface LevelScale {
  readonly minDb: number;
  readonly stepDb: number;
  quantize(decibels: Float32Array): Uint8Array;
}

const stepDb = 0.5;

/** Half a decibel per step from the floor upwards, moved up where that would not reach the loudest. */
export function createLevelScale(loudestDb: number, floorDb: number): LevelScale {
  const highest = floorDb + 255 * stepDb;
  const minDb = loudestDb > highest ? Math.ceil(loudestDb + 6 - 255 * stepDb) : floorDb;
  return {
    minDb,
    stepDb,
    quantize(decibels) {
      const cells = new Uint8Array(decibels.length);
      const rounding = new Uint8ClampedArray(cells.buffer);
      for (let i = 0; i < cells.length; i++) rounding[i] = (decibels[i]! - minDb) / stepDb;
      return cells;
    },
  };
}

/**
 * The highest level of each of `bins` cells in `count` columns from `first` on, as one column: what lasts a moment is
 * seen at every zoom.
 */
export function poolColumns(
  columns: Uint8Array,
  bins: number,
  first: number,
  count: number,
  target: Uint8Array,
  offset: number,
): void {
  target.set(columns.subarray(first * bins, (first + 1) * bins), offset);
  for (let column = first + 1; column < first + count; column++) {
    const at = column * bins;
    for (let bin = 0; bin < bins; bin++)
      if (columns[at + bin]! > target[offset + bin]!) target[offset + bin] = columns[at + bin]!;
  }
}

/** The range of levels that shows a clip well: from just under its quiet parts to its loudest. */
export function chooseRange(scale: LevelScale, cells: Uint8Array[]): Pick<Loudness, 'lowDb' | 'highDb'> {
  const counts = new Uint32Array(256);
  for (const part of cells) for (let i = 0; i < part.length; i++) counts[part[i]!]!++;
  const total = counts.reduce((sum, count) => sum + count, 0);
  // Digital silence tells nothing of the noise floor.
  const heard = total - counts[0]!;
  const dbAt = (share: number): number => {
    let seen = 0;
    for (let value = 1; value < 256; value++) {
      seen += counts[value]!;
      if (seen >= share * heard) return scale.minDb + value * scale.stepDb;
    }
    return scale.minDb + 255 * scale.stepDb;
  };
  if (heard === 0) return { lowDb: scale.minDb, highDb: scale.minDb + 60 };
  const highDb = Math.ceil(dbAt(0.9995));
  const quietDb = Math.floor(dbAt(0.1)) - 3;
  return { lowDb: Math.min(highDb - 40, Math.max(quietDb, highDb - 75)), highDb };
}

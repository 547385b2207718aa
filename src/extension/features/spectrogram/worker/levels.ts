import type { Loudness } from '../../../../shared/protocol/spectrogram.ts';

/** Maps decibels to bytes and pools bytes; one scale for every tile of a clip. */
export interface LevelScale {
  readonly minDb: number;
  readonly stepDb: number;
  quantize(decibels: Float32Array): Uint8Array;
  /**
   * The mean power of `count` columns of `bins` cells from `first` on, as one column.
   * `lastShare` is the weight of the last one, which may cover fewer frames than the others.
   */
  poolColumns(
    columns: Uint8Array,
    bins: number,
    first: number,
    count: number,
    target: Uint8Array,
    offset: number,
    lastShare?: number,
  ): void;
}

const stepDb = 0.5;
/** The floor of the features themselves: a power of 1e-10. */
const featureFloorDb = -100;

/** Half a decibel per step from the features' floor upwards, moved up where a clip is louder than full scale. */
export function createLevelScale(loudestDb: number): LevelScale {
  const highest = featureFloorDb + 255 * stepDb;
  const minDb = loudestDb > highest ? Math.ceil(loudestDb + 6 - 255 * stepDb) : featureFloorDb;
  const power = Float64Array.from({ length: 256 }, (_, value) => 10 ** ((value * stepDb) / 10));
  const levelOf = (meanPower: number) => Math.round((10 * Math.log10(meanPower)) / stepDb);
  return {
    minDb,
    stepDb,
    quantize(decibels) {
      const cells = new Uint8Array(decibels.length);
      const rounding = new Uint8ClampedArray(cells.buffer);
      for (let i = 0; i < cells.length; i++) rounding[i] = (decibels[i]! - minDb) / stepDb;
      return cells;
    },
    poolColumns(columns, bins, first, count, target, offset, lastShare = 1) {
      const last = first + count - 1;
      for (let bin = 0; bin < bins; bin++) {
        let sum = lastShare * power[columns[last * bins + bin]!]!;
        for (let column = first; column < last; column++) sum += power[columns[column * bins + bin]!]!;
        target[offset + bin] = levelOf(sum / (count - 1 + lastShare));
      }
    },
  };
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

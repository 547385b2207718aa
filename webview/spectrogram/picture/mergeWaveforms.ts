import type { WaveformTiles } from './waveformLane.ts';

const values = 3;

/** Waveforms of several channels as one: what any of them reaches, and the root mean square of all. */
export function mergeWaveforms(stores: readonly WaveformTiles[]): WaveformTiles {
  if (stores.length === 1) return stores[0]!;
  return {
    get(level, index) {
      const tiles = stores.map((store) => store.get(level, index));
      const [first] = tiles;
      if (!first || tiles.some((tile) => tile?.length !== first.length)) return undefined;
      return mergeTiles(tiles as Float32Array[]);
    },
    get version() {
      return stores.reduce((sum, { version }) => sum + version, 0);
    },
  };
}

function mergeTiles(tiles: readonly Float32Array[]): Float32Array {
  const merged = tiles[0]!.slice();
  for (let at = 0; at < merged.length; at += values) {
    let energy = 0;
    for (const tile of tiles) {
      merged[at] = Math.min(merged[at]!, tile[at]!);
      merged[at + 1] = Math.max(merged[at + 1]!, tile[at + 1]!);
      energy += tile[at + 2]! ** 2;
    }
    merged[at + 2] = Math.sqrt(energy / tiles.length);
  }
  return merged;
}

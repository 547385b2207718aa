import type { Tile } from '../../../src/shared/protocol/spectrogram.ts';
import type { TileAddress } from '../../../src/shared/protocol/spectrogramTiles.ts';

export interface WantedTile extends TileAddress {
  /** Not seen yet: asked for when there is nothing else to wait for. */
  ahead?: boolean;
}

/** Tiles of one lane: those that came, and those on their way. */
export interface TileStore<T> {
  get(level: number, index: number): T | undefined;
  /** What is wanted now, most urgent first. Whatever was wanted before and has not been asked for is forgotten. */
  want(addresses: WantedTile[]): void;
  /** Whether there is a tile for all that is seen. */
  readonly covered: boolean;
  /** Whether all that is seen is there, read to its last sample. */
  readonly settled: boolean;
  /** Counts up with every change of a tile. */
  readonly version: number;
  dispose(): void;
}

export interface TileStoreOptions<T> {
  fetch(address: TileAddress, whole: boolean): Promise<Tile>;
  decode(data: ArrayBuffer): T;
  changed(): void;
  failed(error: unknown): void;
  /** Tiles kept; the wanted ones always are. */
  capacity: number;
  /** Requests on their way at a time: enough to fill a slow wire, few enough that a new wish is soon served. */
  inFlight: number;
}

interface Entry<T> {
  tile: T;
  complete: boolean;
}

const keyOf = ({ level, index }: TileAddress): string => `${level}/${index}`;

export function createTileStore<T>(options: TileStoreOptions<T>): TileStore<T> {
  const kept = new Map<string, Entry<T>>();
  const pending = new Set<string>();
  /** Asked for again, to be answered when the worker has read the whole tile. */
  const completing = new Set<string>();
  /** Not asked for again: the same failure would come back at every frame. */
  const broken = new Set<string>();
  let wanted: WantedTile[] = [];
  let version = 0;
  let disposed = false;

  const take = (key: string, { data, complete }: Tile) => {
    kept.delete(key);
    kept.set(key, { tile: options.decode(data), complete });
    version++;
    evict(kept, new Set(wanted.map(keyOf)), options.capacity);
    options.changed();
  };
  const request = (address: TileAddress, whole: boolean, place: Set<string>) => {
    const key = keyOf(address);
    place.add(key);
    options
      .fetch(address, whole)
      .then(
        (tile) => {
          if (!disposed) take(key, tile);
        },
        (error: unknown) => {
          broken.add(key);
          if (!disposed) options.failed(error);
        },
      )
      .finally(() => {
        place.delete(key);
        if (!disposed) pump();
      });
  };
  const pump = () => {
    for (const address of wanted) {
      if (pending.size >= options.inFlight) return;
      // A tile that is only likely to be seen must not be in the way of the next one that is.
      if (address.ahead && pending.size > 0) continue;
      const key = keyOf(address);
      if (!kept.has(key) && !pending.has(key) && !broken.has(key)) request(address, false, pending);
    }
    for (const address of wanted) {
      const key = keyOf(address);
      if (!address.ahead && kept.get(key)?.complete === false && !completing.has(key) && !broken.has(key))
        request(address, true, completing);
    }
  };
  return {
    get: (level, index) => kept.get(`${level}/${index}`)?.tile,
    want(addresses) {
      wanted = addresses;
      for (const address of addresses) {
        // The one wanted last is the last to go.
        const key = keyOf(address);
        const entry = kept.get(key);
        if (!entry) continue;
        kept.delete(key);
        kept.set(key, entry);
      }
      pump();
    },
    get covered() {
      return wanted.length > 0 && wanted.every((address) => address.ahead || kept.has(keyOf(address)));
    },
    get settled() {
      return (
        wanted.length > 0 && wanted.every((address) => address.ahead || kept.get(keyOf(address))?.complete === true)
      );
    },
    get version() {
      return version;
    },
    dispose() {
      disposed = true;
      kept.clear();
    },
  };
}

/** Drops what was wanted longest ago; what is needed now stays, whatever the capacity. */
function evict(kept: Map<string, unknown>, needed: Set<string>, capacity: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= capacity) return;
    if (!needed.has(key)) kept.delete(key);
  }
}

import { describe, expect, it } from 'vitest';
import type { TileAddress } from '../../../src/shared/protocol/spectrogramTiles.ts';
import { createTileStore } from './tileStore.ts';

interface Ask {
  address: TileAddress;
  whole: boolean;
  answer(complete: boolean): Promise<void>;
  fail(): Promise<void>;
}

function storeWith(inFlight: number, capacity = 100) {
  const asked: Ask[] = [];
  const failures: unknown[] = [];
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const store = createTileStore<number>({
    capacity,
    inFlight,
    decode: (data) => new Uint8Array(data)[0]!,
    changed: () => {},
    failed: (error) => failures.push(error),
    fetch: (address, whole) =>
      new Promise((resolve, reject) => {
        asked.push({
          address,
          whole,
          answer(complete) {
            resolve({ data: Uint8Array.of(address.level * 10 + address.index).buffer, complete });
            return settle();
          },
          fail() {
            reject(new Error('gone'));
            return settle();
          },
        });
      }),
  });
  return { store, asked, failures };
}
const row = (...indices: number[]) => indices.map((index) => ({ level: 0, index }));

describe('tile store', () => {
  it('never asks for what is no longer wanted', async () => {
    const { store, asked } = storeWith(2);
    store.want(row(0, 1, 2, 3));
    expect(asked.map(({ address }) => address.index)).toEqual([0, 1]);
    store.want(row(7, 8));
    await asked[0]!.answer(true);
    expect(asked.map(({ address }) => address.index)).toEqual([0, 1, 7]);
    expect(store.get(0, 0)).toBe(0);
    expect(store.settled).toBe(false);
    await asked[1]!.answer(true);
    await asked[2]!.answer(true);
    await asked[3]!.answer(true);
    expect(store.settled).toBe(true);
    expect(store.get(0, 8)).toBe(8);
  });

  it('asks once more for the whole of what was a first look', async () => {
    const { store, asked } = storeWith(2);
    store.want(row(0));
    await asked[0]!.answer(false);
    expect(store.get(0, 0)).toBe(0);
    expect(store.settled).toBe(false);
    expect(asked.map(({ whole }) => whole)).toEqual([false, true]);
    await asked[1]!.answer(true);
    expect(store.settled).toBe(true);
    expect(asked.length).toBe(2);
  });

  it('asks ahead only when nothing that is seen is on its way', async () => {
    const { store, asked } = storeWith(6);
    const ahead = row(2, 3).map((address) => ({ ...address, ahead: true }));
    store.want([...row(0, 1), ...ahead]);
    expect(asked.map(({ address }) => address.index)).toEqual([0, 1]);
    await asked[0]!.answer(true);
    expect(asked).toHaveLength(2);
    await asked[1]!.answer(true);
    expect(store.settled).toBe(true);
    expect(asked.map(({ address }) => address.index)).toEqual([0, 1, 2]);
    await asked[2]!.answer(false);
    expect(asked.map(({ address, whole }) => [address.index, whole]).slice(3)).toEqual([[3, false]]);
  });

  it('keeps what was wanted last, up to its capacity', async () => {
    const { store, asked } = storeWith(10, 2);
    for (const index of [0, 1, 2]) {
      store.want(row(index));
      await asked[index]!.answer(true);
    }
    expect([store.get(0, 0), store.get(0, 1), store.get(0, 2)]).toEqual([undefined, 1, 2]);
  });

  it('reports a failure once and goes on', async () => {
    const { store, asked, failures } = storeWith(1);
    store.want(row(0, 1));
    await asked[0]!.fail();
    expect(failures.length).toBe(1);
    expect(asked.map(({ address }) => address.index)).toEqual([0, 1]);
    await asked[1]!.answer(true);
    store.want(row(0, 1));
    expect(asked.length).toBe(2);
  });
});

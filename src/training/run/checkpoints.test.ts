import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CheckpointTensors,
  clearLeftovers,
  findNewestCheckpoint,
  readCheckpoint,
  saveCheckpoint,
} from './checkpoints.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const tensorsAt = (step: number): CheckpointTensors => ({
  model: [{ name: 'w', shape: [2], data: Float32Array.of(step, 0.1) }],
  optimizer: [{ name: 'updates', shape: [1], data: Int32Array.of(step) }],
});
const last = () => join(directory, 'last');
const save = (step: number, ...names: string[]) =>
  saveCheckpoint(
    (names.length > 0 ? names : ['last']).map((name) => join(directory, name)),
    step,
    { note: step },
    tensorsAt(step),
  );

describe('checkpoints', () => {
  it('come back as they were, with equal files for equal weights', async () => {
    const hash = await save(3, 'last', 'best');
    expect(await readCheckpoint(last())).toMatchObject({
      step: 3,
      state: { note: 3 },
      tensors: tensorsAt(3),
      hashes: { model: hash },
    });
    for (const file of readdirSync(last()))
      expect(readFileSync(join(last(), file))).toEqual(readFileSync(join(directory, 'best', file)));
    expect(await save(3)).toBe(hash);
    expect(await save(4)).not.toBe(hash);
  });

  it('of weights alone can be read, but no run goes on from them', async () => {
    await save(3);
    const { model } = tensorsAt(5);
    await saveCheckpoint([join(directory, 'epoch-2')], 5, { note: 5 }, { model }, { 'more.txt': 'more' });
    expect(readdirSync(join(directory, 'epoch-2')).sort()).toEqual(['model.safetensors', 'more.txt', 'state.json']);
    expect((await readCheckpoint(join(directory, 'epoch-2'))).tensors).toEqual({ model });
    const { checkpoint, rejected } = await findNewestCheckpoint(directory);
    expect([checkpoint?.step, rejected]).toEqual([3, []]);
  });

  it('leaves no leftovers after replacing', async () => {
    await save(1);
    await save(2);
    expect(readdirSync(directory)).toEqual(['last']);
  });

  it('is found whatever moment of a replacement a crash chose', async () => {
    await save(1);
    const crashes: [string, () => Promise<void>, number][] = [
      ['while the new one is written', async () => mkdirSync(join(directory, 'last.new')), 1],
      [
        'before the old one is moved',
        async () => {
          await save(2, 'x');
          renameSync(join(directory, 'x'), join(directory, 'last.new'));
        },
        2,
      ],
      ['between the two renames', async () => renameSync(last(), join(directory, 'last.old')), 2],
      ['before the old one is removed', async () => renameSync(join(directory, 'last.new'), last()), 2],
    ];
    for (const [moment, crash, step] of crashes) {
      await crash();
      const { checkpoint, rejected } = await findNewestCheckpoint(directory);
      expect([moment, checkpoint?.step, rejected]).toEqual([moment, step, []]);
    }
    await clearLeftovers(directory);
    expect(readdirSync(directory)).toEqual(['last']);
  });

  it('gives the only whole copy its name back when clearing leftovers', async () => {
    await save(1);
    renameSync(last(), join(directory, 'last.old'));
    mkdirSync(join(directory, 'last.new'));
    await clearLeftovers(directory);
    expect((await readCheckpoint(last())).step).toBe(1);
    await save(2, 'best');
    await save(3, 'x');
    renameSync(join(directory, 'best'), join(directory, 'best.old'));
    renameSync(join(directory, 'x'), join(directory, 'best.new'));
    await clearLeftovers(directory);
    expect((await readCheckpoint(join(directory, 'best'))).step).toBe(3);
    expect(readdirSync(directory).sort()).toEqual(['best', 'last']);
  });

  it('says which file is damaged', async () => {
    await save(1);
    const file = join(last(), 'model.safetensors');
    writeFileSync(file, readFileSync(file).with(70, 1));
    const { checkpoint, rejected } = await findNewestCheckpoint(directory);
    expect(checkpoint).toBeUndefined();
    expect(rejected).toEqual([expect.stringContaining('model.safetensors')]);
  });
});

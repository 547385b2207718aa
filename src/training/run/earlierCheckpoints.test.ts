import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clearLeftovers, findNewestCheckpoint, saveCheckpoint } from './checkpoints.ts';
import { placeForEarlier, removeEarlier } from './earlierCheckpoints.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'earlier-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const last = () => join(directory, 'last');
const names = () => readdirSync(directory).sort();

async function save(step: number, keep = 2) {
  const earlier = await placeForEarlier(directory, step);
  const tensors = {
    model: [{ name: 'w', shape: [1], data: Float32Array.of(step) }],
    optimizer: [{ name: 'updates', shape: [1], data: Int32Array.of(step) }],
  };
  await saveCheckpoint([last()], step, { note: step }, tensors, {}, earlier ? { [last()]: earlier } : {});
  await removeEarlier(directory, step, keep);
  return earlier && basename(earlier);
}
const newest = async (upTo?: number) => (await findNewestCheckpoint(directory, upTo)).checkpoint?.step;

it('keeps the newest of what last held, under their steps', async () => {
  for (const step of [10, 20, 30, 40]) await save(step);
  expect(names()).toEqual(['last', 'step-20', 'step-30']);
  expect([await newest(), await newest(39), await newest(29), await newest(19)]).toEqual([40, 30, 20, undefined]);
  writeFileSync(join(last(), 'model.safetensors'), 'damaged');
  expect(await newest()).toBe(30);
});

it('keeps none when asked for none', async () => {
  for (const step of [10, 20]) await save(step, 0);
  expect(names()).toEqual(['last']);
});

it('keeps neither a second checkpoint of one step nor what a run that went back had ahead of it', async () => {
  await save(10);
  expect(await save(20)).toBe('step-10');
  expect(await save(20)).toBeUndefined();
  await save(30);
  expect(names()).toEqual(['last', 'step-10', 'step-20']);
  // Going on from step 10, the others being damaged.
  expect(await save(15)).toBeUndefined();
  expect(names()).toEqual(['last', 'step-10']);
  expect(await newest()).toBe(15);
  writeFileSync(join(last(), 'state.json'), 'damaged');
  expect(await save(25)).toBeUndefined();
});

it('has a whole checkpoint at every moment of keeping one', async () => {
  await save(10);
  await save(20);
  // As replaceDirectory does it: the new one is whole, the old one is moved, the new one takes its place.
  await saveCheckpoint([join(directory, 'x')], 30, {}, { model: [], optimizer: [] });
  renameSync(join(directory, 'x'), join(directory, 'last.new'));
  expect(await newest()).toBe(30);
  renameSync(last(), join(directory, 'step-20'));
  expect([await newest(), await newest(29)]).toEqual([30, 20]);
  await clearLeftovers(directory);
  expect(names()).toEqual(['last', 'step-10', 'step-20']);
  expect(await newest()).toBe(30);
  // Half removed when the engine died.
  mkdirSync(join(directory, 'step-5'));
  await save(40);
  expect(names()).toEqual(['last', 'step-20', 'step-30']);
});

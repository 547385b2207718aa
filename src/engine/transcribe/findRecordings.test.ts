import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutBatches } from './cutBatches.ts';
import { findRecordings } from './findRecordings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-'));
  for (const inner of ['a/deep', 'b', '.hidden', 'outside']) mkdirSync(join(folder, inner), { recursive: true });
  for (const file of [
    'a/2.wav',
    'a/10.FLAC',
    'a/deep/x.wav',
    'a/notes.txt',
    '.hidden/y.wav',
    'a/.z.wav',
    'outside/o.wav',
  ])
    writeFileSync(join(folder, file), '');
  symlinkSync(join(folder, 'a'), join(folder, 'a/deep/up'));
  symlinkSync(join(folder, 'a/deep'), join(folder, 'b/again'));
  symlinkSync(join(folder, 'b'), join(folder, 'b/self'));
  symlinkSync(join(folder, 'outside'), join(folder, 'b/linked'));
  symlinkSync(join(folder, 'gone'), join(folder, 'a/broken.wav'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('folders are walked by name, circles of links end, each folder is entered once, hidden names are left', async () => {
  const { files, problems } = await findRecordings([join(folder, 'a'), join(folder, 'b'), join(folder, 'none.mp3')]);
  expect(problems).toEqual([]);
  expect(files.map((file) => file.slice(folder.length + 1))).toEqual([
    'a/10.FLAC',
    'a/2.wav',
    'a/broken.wav',
    'a/deep/x.wav',
    'b/linked/o.wav',
    'none.mp3',
  ]);
});

test('batches hold neighbouring lengths and no more than their frames, padding included', () => {
  const lengths = [5, 100, 3, 7, 90, 200, 6, 4];
  const batches = cutBatches(lengths, (frames) => frames, 100);
  expect(batches).toEqual([[200], [100], [90], [7, 6, 5, 4, 3]]);
  expect(cutBatches([], () => 1, 10)).toEqual([]);
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writePieces } from './writePieces.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-pieces-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('writes all pieces or leaves what was there', async () => {
  const file = join(folder, 'a.bin');
  await writePieces(file, [Buffer.from('one'), Buffer.from('two')]);
  expect(readFileSync(file, 'utf8')).toBe('onetwo');
  async function* failing() {
    yield Buffer.from('half');
    // The old file is still whole while the new one is written.
    expect(readFileSync(file, 'utf8')).toBe('onetwo');
    throw new Error('the disk is full');
  }
  await expect(writePieces(file, failing())).rejects.toThrow('the disk is full');
  writeFileSync(join(folder, 'other'), '');
  await expect(writePieces(join(folder, 'other', 'b.bin'), [])).rejects.toThrow();
  expect(readdirSync(folder).sort()).toEqual(['a.bin', 'other']);
  expect(readFileSync(file, 'utf8')).toBe('onetwo');
});

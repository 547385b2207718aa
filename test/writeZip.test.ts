import { expect, it } from 'vitest';
import { readZip } from '../scripts/readZip.ts';
import { writeZip } from '../scripts/writeZip.ts';

it('writes archives that are read back, the same each time', () => {
  const entries = [
    { name: 'extension/文.txt', data: Buffer.from('text '.repeat(99)), mode: 0o100644 },
    { name: 'extension/large', data: Buffer.alloc(1_200_000, 'sound '), mode: 0o100755 },
    { name: 'empty', data: Buffer.alloc(0), mode: 0o100644 },
  ];
  const archive = writeZip(entries);
  const back = readZip(archive);
  expect(back.map(({ name, mode }) => [name, mode])).toEqual(entries.map(({ name, mode }) => [name, mode]));
  // Compared as bytes: the matcher looks at each of them.
  expect(back.every(({ data }, i) => data.equals(entries[i]!.data))).toBe(true);
  expect(writeZip(entries).equals(archive)).toBe(true);
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { unpackTar } from './unpackTar.ts';

const root = mkdtempSync(join(tmpdir(), 'asr-tar-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const freshFolder = () => {
  const folder = join(root, String(++folders));
  mkdirSync(folder);
  return folder;
};

/** In pieces of odd sizes, as they come from a network. */
async function* piecesOf(bytes: Uint8Array, size = 1000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const unpack = (bytes: Uint8Array, into: string) => unpackTar(piecesOf(bytes), into);

/** One entry as a malicious program might write it. */
function entry(name: string, content = '', type = '0', linkName = ''): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write(type, 156);
  header.write(linkName, 157, 100);
  header.write('ustar\x0000', 257);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
const end = Buffer.alloc(1024);

test.each(['ustar', 'gnu', 'pax', 'oldgnu', 'v7'])('what tar writes (%s)', async (format) => {
  const source = freshFolder();
  const names = ['a.txt', 'deep/er/b.bin', 'empty'];
  const long = format !== 'ustar' && format !== 'v7';
  if (long) names.push(`${'long/'.repeat(40)}${'name'.repeat(30)}.txt`, 'é ü 漢.txt');
  for (const name of names) {
    mkdirSync(dirname(join(source, name)), { recursive: true });
    writeFileSync(join(source, name), name === 'empty' ? '' : name.repeat(300));
  }
  const archive = execFileSync('tar', ['--format', format, '-C', source, '-cf', '-', '.'], { maxBuffer: 1 << 26 });
  const target = freshFolder();
  const { files, skipped } = await unpack(archive, target);
  expect([files, skipped]).toEqual([names.length, []]);
  for (const name of names)
    expect(readFileSync(join(target, name), 'utf8')).toBe(readFileSync(join(source, name), 'utf8'));
});

test.each([
  ['../out.txt'],
  ['a/../../out.txt'],
  ['/tmp/asr-never.txt'],
  ['..'],
  ['a\\..\\..\\out.txt'],
  ['C:/out.txt'],
])('%s is refused', async (name) => {
  const target = freshFolder();
  await expect(unpack(Buffer.concat([entry(name, 'x'), end]), target)).rejects.toThrow('outside its folder');
  expect(existsSync(join(root, 'out.txt'))).toBe(false);
});

test('pax attributes do not lead outside either', async () => {
  const path = '20 path=../out.txt\n';
  const archive = Buffer.concat([entry('head', path, 'x'), entry('good.txt', 'x'), end]);
  await expect(unpack(archive, freshFolder())).rejects.toThrow('outside its folder');
});

test('links are not made, and what goes through one is refused', async () => {
  const target = freshFolder();
  const archive = Buffer.concat([
    entry('link', '', '2', '/etc'),
    entry('hard', '', '1', '/etc/passwd'),
    entry('a.txt', 'x'),
    end,
  ]);
  expect(await unpack(archive, target)).toMatchObject({ files: 1, skipped: ['link', 'hard'] });
  expect(existsSync(join(target, 'link'))).toBe(false);

  const outside = freshFolder();
  const trapped = freshFolder();
  symlinkSync(outside, join(trapped, 'dir'));
  symlinkSync(join(outside, 'x.txt'), join(trapped, 'x.txt'));
  await expect(unpack(Buffer.concat([entry('dir/x.txt', 'x'), end]), trapped)).rejects.toThrow('something else');
  await expect(unpack(Buffer.concat([entry('x.txt', 'x'), end]), trapped)).rejects.toThrow('something else');
  expect(existsSync(join(outside, 'x.txt'))).toBe(false);
});

test('a damaged archive is told', async () => {
  const whole = Buffer.concat([entry('a.txt', 'x'.repeat(5000)), end]);
  await expect(unpack(whole.subarray(0, 3000), freshFolder())).rejects.toThrow('it ends inside a.txt');
  await expect(unpack(whole.subarray(0, 100), freshFolder())).rejects.toThrow('it ends too early');
  const flipped = Buffer.from(whole);
  flipped[3]! ^= 1;
  await expect(unpack(flipped, freshFolder())).rejects.toThrow('the sum of a header is wrong');
  const huge = entry('head', 'x', 'L');
  huge.write('77777777777\0', 124);
  huge.fill(' ', 148, 156);
  huge.write(
    `${huge
      .subarray(0, 512)
      .reduce((total, byte) => total + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  await expect(unpack(huge, freshFolder())).rejects.toThrow('a name is too long');
});

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeWav } from '../../dsp/writeWav.ts';
import { readAn4 } from '../corpora/an4.ts';
import { readLibrispeech } from '../corpora/librispeech.ts';
import { createTerminal } from '../terminal.ts';
import { fetchCorpus } from './fetchCorpus.ts';
import { type PublicCorpus, publicCorpora } from './publicCorpora.ts';

const root = mkdtempSync(join(tmpdir(), 'asr-fetch-'));
let archive: Buffer;
let requests = 0;
let breakAt = 0;
const server = createServer((request, response) => {
  requests++;
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = { 'content-range': `bytes ${from}-${archive.length - 1}/${archive.length}` };
  const head = { etag: '"1"', 'content-length': archive.length - from, ...(from > 0 ? range : {}) };
  response.writeHead(from > 0 ? 206 : 200, head);
  if (breakAt === 0) response.end(archive.subarray(from));
  else response.write(archive.subarray(from, from + breakAt), () => response.socket?.destroy());
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(root, { recursive: true, force: true });
});

let printed = '';
const terminal = createTerminal(
  false,
  { out: { write: () => {} }, error: { write: (text) => (printed += text) } },
  () => 0,
);
let folders = 0;
const freshFolder = () => join(root, String(++folders));

function makeArchive(files: Record<string, Uint8Array | string>, compress: 'z' | 'j' = 'z'): void {
  const source = freshFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(source, name, '..'), { recursive: true });
    writeFileSync(join(source, name), content);
  }
  archive = execFileSync('tar', [`-c${compress}f`, '-', '-C', source, ...readdirSync(source)]);
}

const corpus = (more: Partial<PublicCorpus> = {}): PublicCorpus => ({
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dev-clean.tar.gz`,
  ...{ sizeBytes: archive.length, format: 'librispeech', folder: 'LibriSpeech', split: 'dev-clean', licence: 'none' },
  checksum: { algorithm: 'md5', hex: createHash('md5').update(archive).digest('hex') },
  ...more,
});

const librispeech = {
  'LibriSpeech/dev-clean/84/12/84-12.trans.txt': '84-12-0000 GO ON\n',
  'LibriSpeech/dev-clean/84/12/84-12-0000.wav': writeWav(
    [Float32Array.from({ length: 16_000 }, () => Math.random())],
    16_000,
  ),
};

test('fetches over a connection that breaks off, unpacks, and does nothing the second time', async () => {
  makeArchive(librispeech);
  breakAt = 7000;
  const dir = freshFolder();
  const folder = await fetchCorpus('x', corpus(), dir, terminal, { firstPauseMs: 1 });
  breakAt = 0;
  expect(requests).toBeGreaterThan(3);
  expect((await readLibrispeech(folder, { split: 'dev-clean' })).entries).toMatchObject([
    { text: 'GO ON', speaker: '84' },
  ]);
  expect(readdirSync(dir).sort()).toEqual(['.asr-x.done', 'LibriSpeech']);
  const before = requests;
  expect(await fetchCorpus('x', corpus(), dir, terminal)).toBe(folder);
  expect(requests).toBe(before);
});

test('says that there is no checksum, and finds damage by the compression', async () => {
  makeArchive(librispeech);
  const { checksum: _, ...unchecked } = corpus();
  printed = '';
  await fetchCorpus('x', unchecked, freshFolder(), terminal);
  expect(printed).toContain('no checksum is published');
  archive[Math.floor(archive.length / 2)]! ^= 0xff;
  const dir = freshFolder();
  await expect(fetchCorpus('x', unchecked, dir, terminal)).rejects.toThrow(/damaged/);
  expect(readdirSync(dir)).not.toContain('.asr-x.done');
});

test('refuses before it fetches where the disk has no room', async () => {
  makeArchive(librispeech);
  requests = 0;
  await expect(fetchCorpus('x', corpus({ sizeBytes: 1e18 }), freshFolder(), terminal)).rejects.toThrow(
    /are needed.*are free/,
  );
  expect(requests).toBe(0);
});

test('the bare samples of AN4 become recordings', async () => {
  const samples = Int16Array.from({ length: 800 }, (_, i) => i * 10);
  makeArchive({
    'an4/etc/an4_train.transcription': '<s> YES </s> (an251-fash-b)\n',
    'an4/wav/an4_clstk/fash/an251-fash-b.raw': new Uint8Array(samples.buffer),
  });
  const { checksum: _, ...unchecked } = corpus({ format: 'an4', folder: 'an4' });
  const folder = await fetchCorpus('an4', unchecked, freshFolder(), terminal);
  expect((await readAn4(folder, { split: 'train' })).entries).toMatchObject([{ text: 'YES', speaker: 'fash' }]);
});

const hasBzip2 = (() => {
  try {
    execFileSync('bzip2', ['--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
test.skipIf(!hasBzip2)('bzip2 archives', async () => {
  makeArchive({ 'LJSpeech-1.1/metadata.csv': 'LJ1|a|b\n' }, 'j');
  const url = corpus().url.replace('.gz', '.bz2');
  const folder = await fetchCorpus(
    'lj',
    corpus({ url, format: 'ljspeech', folder: 'LJSpeech-1.1' }),
    freshFolder(),
    terminal,
  );
  expect(existsSync(join(folder, 'metadata.csv'))).toBe(true);
});

test('the table names archives that can be unpacked, with well-formed sums', () => {
  for (const { url, checksum, sizeBytes } of Object.values(publicCorpora)) {
    expect(url).toMatch(/^https?:\/\/[^/]+\/.*\.tar\.(gz|bz2)$/);
    expect(sizeBytes).toBeGreaterThan(1e6);
    if (checksum) expect(checksum.hex).toMatch(checksum.algorithm === 'md5' ? /^[0-9a-f]{32}$/ : /^[0-9a-f]{64}$/);
  }
});

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { type DownloadOptions, downloadFile } from './downloadFile.ts';

const random = createRandom('download test', 1);
const content = Buffer.from(Uint8Array.from({ length: 300_000 }, () => random.below(256)));
const sha256 = { algorithm: 'sha256', hex: createHash('sha256').update(content).digest('hex') } as const;

type Answer = (request: IncomingMessage, response: ServerResponse, call: number) => void;
let answer: Answer;
let requests: { range: string | undefined; ifRange: string | undefined }[] = [];
const server = createServer((request, response) => {
  requests.push({ range: request.headers.range, ifRange: request.headers['if-range'] as string | undefined });
  answer(request, response, requests.length);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/corpus.tar.gz`;

const folder = mkdtempSync(join(tmpdir(), 'asr-download-'));
let files = 0;
let file: string;
beforeEach(() => {
  requests = [];
  file = join(folder, `${++files}.bin`);
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

const fetchFile = (options: DownloadOptions = {}) => downloadFile(url, file, { firstPauseMs: 1, ...options });
const arrived = () =>
  readFileSync(file).equals(content) && !existsSync(`${file}.part`) && !existsSync(`${file}.part.json`);

/** Sends a part as a good server does; `bytes` of it before it breaks off. */
function serve(request: IncomingMessage, response: ServerResponse, bytes = Number.POSITIVE_INFINITY, etag = '"1"') {
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const same = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const from = asked && same ? Number(asked[1]) : 0;
  const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
  response.writeHead(from > 0 ? 206 : 200, {
    ...{ etag, 'content-length': content.length - from },
    ...(from > 0 ? range : {}),
  });
  const part = content.subarray(from, from + bytes);
  response.write(part, () => (part.length < content.length - from ? response.socket?.destroy() : response.end()));
}

const good: Answer = (request, response) => serve(request, response);

test('a good server', async () => {
  answer = good;
  const seen: number[] = [];
  expect(await fetchFile({ checksum: sha256, progress: (done) => seen.push(done) })).toBe('checksum');
  expect(arrived()).toBe(true);
  expect(seen.at(-1)).toBe(content.length);
});

test('a server that breaks off again and again is gone on from', async () => {
  answer = (request, response) => serve(request, response, 40_000);
  expect(await fetchFile({ attempts: 3 })).toBe('length');
  expect(arrived()).toBe(true);
  expect(requests.length).toBeGreaterThanOrEqual(8);
  for (const { range, ifRange } of requests.slice(1))
    expect([range, ifRange]).toEqual([expect.stringMatching(/^bytes=\d+-$/), '"1"']);
});

test('a later call goes on from what an earlier one got', async () => {
  answer = (request, response, call) => (call === 1 ? serve(request, response, 100_000) : response.destroy());
  await expect(fetchFile({ attempts: 2 })).rejects.toThrow(/bytes are kept/);
  const kept = statSync(`${file}.part`).size;
  expect(kept).toBeGreaterThan(0);
  requests = [];
  answer = good;
  await fetchFile({ checksum: sha256 });
  expect(requests.map(({ range }) => range)).toEqual([`bytes=${kept}-`]);
  expect(arrived()).toBe(true);
});

test('a server that ignores Range sends all of it again', async () => {
  answer = (request, response, call) => {
    delete request.headers.range;
    serve(request, response, call < 3 ? 50_000 : undefined);
  };
  await fetchFile({ checksum: sha256 });
  expect(arrived()).toBe(true);
});

test('a file that has changed on the server is fetched afresh', async () => {
  answer = (request, response, call) =>
    serve(request, response, call === 1 ? 50_000 : undefined, call === 1 ? '"old"' : '"new"');
  await fetchFile();
  expect(requests[1]).toEqual({ range: expect.any(String), ifRange: '"old"' });
  expect(arrived()).toBe(true);
});

test('a part that nobody vouches for is not gone on from, unless a checksum will tell', async () => {
  const mute: Answer = (request, response, call) => {
    const setHead = response.writeHead.bind(response);
    response.writeHead = ((status: number, headers: Record<string, unknown>) => {
      const { etag: _, ...others } = headers;
      return setHead(status, others as Record<string, string>);
    }) as typeof response.writeHead;
    serve(request, response, call === 1 ? 50_000 : undefined);
  };
  answer = mute;
  await fetchFile();
  expect(requests[1]!.range).toBeUndefined();
  expect(arrived()).toBe(true);
  requests = [];
  file += '2';
  await fetchFile({ checksum: sha256 });
  expect(requests[1]!.range).toBeDefined();
  expect(arrived()).toBe(true);
});

test('a part from elsewhere than asked is thrown away', async () => {
  answer = (request, response, call) => {
    if (call !== 2) return serve(request, response, call === 1 ? 50_000 : undefined);
    response.writeHead(206, { etag: '"1"', 'content-range': `bytes 7-99/${content.length}`, 'content-length': 93 });
    response.end(content.subarray(7, 100));
  };
  await fetchFile({ checksum: sha256 });
  expect(arrived()).toBe(true);
});

test('wrong lengths: announced too long, and a body that is longer than its range', async () => {
  answer = (request, response, call) => {
    if (call > 1) return serve(request, response);
    response.writeHead(200, { etag: '"1"', 'content-length': content.length + 1000 });
    response.write(content, () => response.socket?.destroy());
  };
  // What is there is more than the file has: the server says so, and it is fetched afresh.
  const tooLong = answer;
  answer = (request, response, call) => {
    if (request.headers.range !== `bytes=${content.length}-`) return tooLong(request, response, call);
    response.writeHead(416, { 'content-range': `bytes */${content.length}` });
    response.end();
  };
  await fetchFile({ checksum: sha256 });
  expect(arrived()).toBe(true);

  requests = [];
  file += '2';
  answer = (request, response, call) => {
    if (call > 1) return serve(request, response);
    response.writeHead(206, { etag: '"1"', 'content-range': 'bytes 0-9/10' });
    response.end(content);
  };
  await fetchFile({ checksum: sha256 });
  expect(arrived()).toBe(true);
});

test('corrupted bytes: once is mended, twice is told, and nothing wrong is kept', async () => {
  const corrupt: Answer = (_, response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': content.length });
    const wrong = Buffer.from(content);
    wrong[1234]! ^= 1;
    response.end(wrong);
  };
  answer = (request, response, call) => (call === 1 ? corrupt : good)(request, response, call);
  await fetchFile({ checksum: sha256 });
  expect(arrived()).toBe(true);

  requests = [];
  file += '2';
  answer = corrupt;
  await expect(fetchFile({ checksum: sha256 })).rejects.toThrow(/sha256 sum is [0-9a-f]{64}, not .*, twice/);
  expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
});

test('a server that falls silent is left', async () => {
  answer = (request, response, call) => {
    if (call > 1) return serve(request, response);
    response.writeHead(200, { etag: '"1"', 'content-length': content.length });
    response.write(content.subarray(0, 1000));
  };
  await fetchFile({ checksum: sha256, silenceMs: 300 });
  expect(arrived()).toBe(true);
});

test('a busy server is asked again, a missing file is not', async () => {
  answer = (request, response, call) => (call < 3 ? response.writeHead(503).end() : serve(request, response));
  await fetchFile();
  expect(arrived()).toBe(true);
  requests = [];
  file += '2';
  answer = (_, response) => response.writeHead(404).end();
  await expect(fetchFile()).rejects.toThrow('the server answers 404');
  expect(requests).toHaveLength(1);
});

test('a redirect is followed, one to a less safe place or in a circle is not', async () => {
  answer = (request, response) =>
    request.url === '/elsewhere'
      ? good(request, response, 0)
      : response.writeHead(302, { location: '/elsewhere' }).end();
  await fetchFile();
  expect(arrived()).toBe(true);
  file += '2';
  answer = (_, response) => response.writeHead(302, { location: '/round' }).end();
  await expect(fetchFile()).rejects.toThrow('in a circle');
  answer = (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  await expect(fetchFile()).rejects.toThrow('less safe');
});

test('nobody answers', async () => {
  await expect(downloadFile('http://127.0.0.1:9/x', file, { firstPauseMs: 1, attempts: 2 })).rejects.toThrow(
    /no answer \(.*\); 0 bytes are kept/,
  );
});

test('stopping keeps the part', async () => {
  const stop = new AbortController();
  answer = (_, response) => {
    response.writeHead(200, { etag: '"1"', 'content-length': content.length });
    response.write(content.subarray(0, 100_000));
  };
  const fetching = fetchFile({ signal: stop.signal, progress: () => stop.abort(new Error('stopped')) });
  await expect(fetching).rejects.toThrow('stopped');
  expect(statSync(`${file}.part`).size).toBeGreaterThan(0);
});

test('a spoilt note beside a part costs the part only', async () => {
  writeFileSync(`${file}.part`, 'junk');
  writeFileSync(`${file}.part.json`, '{"url": 3');
  answer = good;
  await fetchFile({ checksum: sha256 });
  expect(arrived()).toBe(true);
});

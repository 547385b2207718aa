import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ServedModel } from '../../src/engine/serve/servedModel.ts';
import { createRandom } from '../../src/shared/random.ts';
import { eventually } from '../eventually.ts';
import {
  authorization,
  formOf,
  formType,
  makeModelFolder,
  openTestModel,
  speakRaw,
  startTestServer,
  type TestServer,
} from '../testServer.ts';
import { childrenOf } from './processTree.ts';

/** `ASR_SERVER_ABORTS=1000` for a night. */
const aborts = Number(process.env.ASR_SERVER_ABORTS ?? 100);

let made: ReturnType<typeof makeModelFolder>;
let model: ServedModel;
let audio: Buffer;
let server: TestServer;
beforeAll(async () => {
  made = makeModelFolder();
  model = await openTestModel(made.model);
  audio = readFileSync(made.audio);
}, 60_000);
afterEach(() => server.stop());
afterAll(async () => {
  await model?.dispose();
  made?.remove();
});

const post = (path = '/v1/audio/transcriptions') =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n`;
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
const codeOf = (answer: string): string | undefined => /"code":"([^"]+)"/.exec(answer)?.[1];
const transcribe = () =>
  fetch(`${server.url}/v1/audio/transcriptions`, {
    ...{ method: 'POST', body: formOf(audio), headers: { authorization, 'content-type': formType } },
  });
const gauge = async (name: string): Promise<number> => {
  const text = await (await fetch(`${server.url}/metrics`, { headers: { authorization } })).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)![1]);
};
/** Recordings that are open without a name: no upload may leave one. */
const openRecordings = () =>
  readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).includes('asr-serve-');
    } catch {
      return false;
    }
  }).length;

test('pages of the web, other names, paths and things that are no HTTP get nothing', async () => {
  server = await startTestServer(model, {}, ['https://app.example']);
  const get = (path: string, headers: string) =>
    speakRaw(server.port, `GET ${path} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
  const own = `Authorization: ${authorization}\r\n`;
  const cases: [string, string, number, string | undefined][] = [
    ['/v1/models', `Host: localhost\r\n${own}`, 200, undefined],
    ['/v1/models', `Host: evil.example\r\n${own}`, 403, 'host_not_allowed'],
    ['/health', 'Host: evil.example\r\n', 403, 'host_not_allowed'],
    ['/v1/models', `Host: localhost\r\nOrigin: https://evil.example\r\n${own}`, 403, 'origin_not_allowed'],
    ['/v1/models', `Host: localhost\r\nOrigin: null\r\n${own}`, 403, 'origin_not_allowed'],
    ['/v1/models', `Host: localhost\r\nOrigin: https://app.example\r\n${own}`, 200, undefined],
    ['/v1/models', 'Host: localhost\r\nOrigin: https://app.example\r\n', 401, 'token_missing'],
    ['/v1/models?token=x', 'Host: localhost\r\n', 401, 'token_missing'],
    ['/v1/../health', `Host: localhost\r\n${own}`, 404, 'not_found'],
    ['//etc/passwd', `Host: localhost\r\n${own}`, 404, 'not_found'],
    ['/__proto__', `Host: localhost\r\n${own}`, 404, 'not_found'],
    ['/v1/models/..%2f..%2f..%2fetc%2fpasswd', `Host: localhost\r\n${own}`, 404, 'model_not_found'],
    ['/v1/models', own, 400, undefined],
    ['/v1/models', `Host: localhost\r\nX: ${'y'.repeat(20_000)}\r\n`, 431, 'headers_too_large'],
    ['/v1/models', `Host: localhost\r\n${'X: y\r\n'.repeat(4000)}`, 431, 'headers_too_large'],
    ['/v1/audio/transcriptions', `Host: localhost\r\n${own}`, 405, 'method_not_allowed'],
  ];
  for (const [path, headers, status, code] of cases) {
    const answer = await get(path, headers);
    expect([path, headers.slice(0, 60), statusOf(answer), codeOf(answer)]).toEqual([
      path,
      headers.slice(0, 60),
      status,
      code,
    ]);
  }
  const preflight = await speakRaw(
    server.port,
    'OPTIONS /v1/models HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\nConnection: close\r\n\r\n',
  );
  expect(preflight).toMatch(/^HTTP\/1\.1 204[\s\S]*access-control-allow-origin: https:\/\/app\.example\r\n/);
  expect(statusOf(await speakRaw(server.port, '\u0016\u0003\u0001 no HTTP\r\n\r\n'))).toBe(400);
  const upgrade = (headers: string) =>
    speakRaw(
      server.port,
      `GET /v1/stream HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n${headers}\r\n`,
    );
  expect(statusOf(await upgrade('Host: localhost\r\n'))).toBe(401);
  expect(statusOf(await upgrade(`Host: evil.example\r\n${own}`))).toBe(403);
  expect(statusOf(await upgrade(`Host: localhost\r\nOrigin: https://evil.example\r\n${own}`))).toBe(403);
  expect((await transcribe()).status).toBe(200);
});

test('ten gigabytes are cut off at the cap, announced or in chunks; a body without length is not begun', async () => {
  server = await startTestServer(model, { maxBodyBytes: 1 << 20 });
  const form = `Content-Type: ${formType}\r\n`;
  const announced = await speakRaw(server.port, `${post()}${form}Content-Length: 10737418240\r\n\r\n`, formOf(audio));
  expect([statusOf(announced), codeOf(announced)]).toEqual([413, 'body_too_large']);
  const expecting = await speakRaw(
    server.port,
    `${post()}${form}Content-Length: 10737418240\r\nExpect: 100-continue\r\n\r\n`,
  );
  expect(statusOf(expecting)).toBe(413);
  expect(statusOf(await speakRaw(server.port, `${post()}${form}Connection: close\r\n\r\n`))).toBe(411);

  // Chunks for as long as the server takes them.
  const sent = await new Promise<{ bytes: number; answer: string }>((resolve) => {
    const block = Buffer.alloc(1 << 16, 'x');
    let bytes = 0;
    let answer = '';
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(`${post()}${form}Transfer-Encoding: chunked\r\n\r\n`);
      const start = formOf(Buffer.alloc(0)).subarray(0, -16);
      socket.write(`${start.length.toString(16)}\r\n${start.toString('latin1')}\r\n`);
      const more = () => {
        while (socket.writable && bytes < 10 * 2 ** 30) {
          bytes += block.length;
          if (!socket.write(`${block.length.toString(16)}\r\n${block.toString('latin1')}\r\n`)) return;
        }
      };
      socket.on('drain', () => setImmediate(more));
      more();
    });
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ bytes, answer }));
  });
  expect(sent.bytes).toBeLessThan(2 ** 31);
  expect([statusOf(sent.answer), codeOf(sent.answer)]).toEqual([413, 'body_too_large']);
  await eventually('all recordings closed', () => (openRecordings() === 0 ? true : undefined));
  expect((await transcribe()).status).toBe(200);
});

test('who sends headers, bodies or streams byte by byte is let go, and keeps nobody else out', async () => {
  server = await startTestServer(model, { headersMs: 400, requestMs: 1500, idleMs: 500 });
  const slowHeaders = Array.from({ length: 40 }, () => speakRaw(server.port, 'GET /health HTTP/1.1\r\nHost: loc'));
  const form = `Content-Type: ${formType}\r\nContent-Length: 5000\r\n\r\n`;
  const patient = await startTestServer(model, { idleMs: 300 });
  const silent = speakRaw(patient.port, `${post()}${form}`, formOf(audio).subarray(0, 200));
  const trickle = new Promise<string>((resolve) => {
    let answer = '';
    const body = formOf(audio);
    let at = 0;
    let timer: NodeJS.Timeout | undefined;
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(`${post()}${form}`);
      timer = setInterval(() => socket.write(body.subarray(at, ++at)), 50);
    });
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve(answer);
    });
  });
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/stream`, { headers: { authorization } });
  const idle = new Promise((resolve) => socket.once('close', resolve));
  expect((await transcribe()).status).toBe(200);
  expect(new Set((await Promise.all(slowHeaders)).map(statusOf))).toEqual(new Set([408]));
  expect(codeOf(await silent)).toBe('body_timeout');
  await patient.stop();
  expect(statusOf(await trickle)).toBe(408);
  expect(await idle).toBe(1008);
  await eventually('no request left', async () => ((await gauge('asr_requests_waiting')) === 0 ? true : undefined));
});

test(`${aborts} clients that go away in the midst leave nothing behind`, async () => {
  server = await startTestServer(model);
  const random = createRandom('aborts');
  const body = formOf(audio);
  const head = `${post()}Content-Type: ${formType}\r\nContent-Length: ${body.length}\r\n\r\n`;
  const abort = () =>
    new Promise<void>((resolve) => {
      const whole = random.below(3) === 0;
      const cut = whole ? body.length : random.below(body.length);
      const reset = random.below(2) === 0;
      const delayMs = random.below(12);
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(head);
        socket.write(body.subarray(0, cut));
        setTimeout(() => (reset ? socket.resetAndDestroy() : socket.destroy()), delayMs);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
  const abortStream = () =>
    new Promise<void>((resolve) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/stream`, { headers: { authorization } });
      socket.on('open', () => {
        socket.send(audio.subarray(44, 44 + 2 * random.below(20_000)));
        setTimeout(() => socket.terminate(), random.below(12));
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
  for (let n = 0; n < aborts; n += 10)
    await Promise.all(Array.from({ length: 10 }, (_, i) => (i < 3 ? abortStream() : abort())));
  for (const name of ['asr_requests_running', 'asr_requests_waiting', 'asr_streams_open'])
    await eventually(name, async () => ((await gauge(name)) === 0 ? true : undefined), 20_000);
  expect(openRecordings()).toBe(0);
  expect((await transcribe()).status).toBe(200);
});

test('64 streams at once all get the same text; the next is told to come back, and so is a request too many', async () => {
  server = await startTestServer(model, { parallel: 1, waiting: 1 });
  const url = `${server.url.replace('http', 'ws')}/v1/stream`;
  const sockets = Array.from({ length: 64 }, () => new WebSocket(url, { headers: { authorization } }));
  const finals = sockets.map(
    (socket) =>
      new Promise<string>((resolve, reject) => {
        let heard = '';
        socket.on('message', (data) => {
          const message = JSON.parse(String(data)) as { type: string; text: string };
          if (message.type === 'final') heard += `${message.text} `;
        });
        socket.on('error', reject);
        socket.on('close', () => resolve(heard));
      }),
  );
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('open', resolve))));
  const extra = new WebSocket(url, { headers: { authorization } });
  await expect(new Promise((_, reject) => extra.once('error', reject))).rejects.toThrow('503');

  // Two uploads that wait for their bodies take both places.
  const body = formOf(audio);
  const head = `${post()}Content-Type: ${formType}\r\nContent-Length: ${body.length}\r\n\r\n`;
  const held = [0, 1].map(() => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(head));
    return socket;
  });
  await eventually('both', async () => ((await gauge('asr_requests_waiting')) === 2 ? true : undefined));
  const busy = await transcribe();
  expect([busy.status, Number(busy.headers.get('retry-after')) > 0]).toEqual([503, true]);
  for (const socket of held) socket.destroy();
  await eventually('room', async () => ((await gauge('asr_requests_waiting')) === 0 ? true : undefined));

  for (const socket of sockets) {
    for (let at = 44; at < audio.length; at += 16_000) socket.send(audio.subarray(at, at + 16_000));
    socket.send('{"type": "finish"}');
  }
  const texts = new Set(await Promise.all(finals));
  expect(texts.size).toBe(1);
  expect([...texts][0]!.length).toBeGreaterThan(4);
});

test.skipIf(process.platform !== 'linux')(
  'a model whose process is killed is started again, and the server lives',
  async () => {
    server = await startTestServer(model);
    const before = (await (await transcribe()).json()) as { text: string };
    for (const pid of childrenOf(process.pid))
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('ortProcess')) process.kill(pid, 'SIGKILL');
    const statuses: number[] = [];
    const after = await eventually('the text again', async () => {
      const response = await transcribe();
      statuses.push(response.status);
      return response.status === 200 ? ((await response.json()) as { text: string }) : undefined;
    });
    expect(after).toEqual(before);
    expect(statuses.slice(0, -1).every((status) => status === 503)).toBe(true);
    expect(await gauge('asr_model_restarts_total')).toBe(1);
  },
);

test('a request that does not end is told so when the server does', async () => {
  server = await startTestServer(model, { drainMs: 500 });
  const body = formOf(audio);
  const hanging = speakRaw(
    server.port,
    `${post()}Content-Type: ${formType}\r\nContent-Length: ${body.length}\r\n\r\n`,
    body.subarray(0, 99),
  );
  await eventually('the request', async () => ((await gauge('asr_requests_waiting')) === 1 ? true : undefined));
  await server.stop();
  expect(codeOf(await hanging)).toBe('shutting_down');
});

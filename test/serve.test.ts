import type { ChildProcess } from 'node:child_process';
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { writeWav } from '../src/dsp/writeWav.ts';
import type { ServedModel } from '../src/engine/serve/servedModel.ts';
import type { StreamedFile } from '../src/shared/streaming/streamEvents.ts';
import { callEngine } from './callEngine.ts';
import { startEngine } from './faults/engineProcess.ts';
import {
  authorization,
  changingTones,
  formOf,
  formType,
  makeModelFolder,
  openTestModel,
  startTestServer,
  type TestServer,
  testToken,
} from './testServer.ts';

let made: ReturnType<typeof makeModelFolder>;
let model: ServedModel;
let server: TestServer;
let client: OpenAI;
/** What `asr transcribe` hears in the recording. */
let expected: Transcription;
beforeAll(async () => {
  made = makeModelFolder();
  expected = await transcribe(made.audio);
  model = await openTestModel(made.model);
  server = await startTestServer(model);
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: testToken, maxRetries: 0 });
}, 60_000);
/** The server that is a process of its own; it must not outlive a test that failed. */
let started: ChildProcess | undefined;
afterAll(async () => {
  started?.kill('SIGKILL');
  await server?.stop();
  await model?.dispose();
  made?.remove();
});

interface Transcription {
  text: string;
  words: { text: string; startSec: number; endSec: number; confidence: number }[];
}
async function transcribe(file: string): Promise<Transcription> {
  const { code, out } = await callEngine('transcribe', made.model, file, '--threads', '1', '--json');
  expect(code).toBe(0);
  return (JSON.parse(out) as Transcription[])[0]!;
}
const fileOf = (path: string) => createReadStream(path);
const fetchWithToken = (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}${path}`, { ...init, headers: { authorization, ...init.headers } });

it("answers OpenAI's own client with the text and times of asr transcribe, in every form", async () => {
  const { text, words } = expected;
  expect(words.length).toBeGreaterThan(3);
  const create = (more: object) =>
    client.audio.transcriptions.create({ file: fileOf(made.audio), model: 'random', ...more }) as Promise<unknown>;
  expect(await create({})).toMatchObject({ text, usage: { type: 'duration', seconds: 3 } });
  expect(await create({ response_format: 'text', language: 'en', temperature: 0, prompt: 'p' })).toBe(`${text}\n`);
  const verbose = (await create({
    ...{ response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'] },
  })) as OpenAI.Audio.TranscriptionVerbose;
  expect(verbose).toMatchObject({ text, duration: 3 });
  expect(verbose.words).toEqual(
    words.map((word) => ({
      ...{ word: word.text, start: word.startSec, end: word.endSec, confidence: word.confidence },
    })),
  );
  expect(verbose.segments!.map((segment) => segment.text).join(' ')).toBe(text);
  expect(verbose.segments!.at(-1)!.end).toBe(words.at(-1)!.endSec);
  const srt = (await create({ response_format: 'srt' })) as string;
  const cue = /^\d+\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}\n(.+)\n/gm;
  expect([...srt.matchAll(cue)].map((match) => match[1]).join(' ')).toBe(text);
  const vtt = (await create({ response_format: 'vtt' })) as string;
  expect(vtt).toMatch(/^WEBVTT\n\n00:00:0/);
  expect(
    vtt
      .split('\n')
      .filter((line) => /^[a-d ]+$/.test(line))
      .join(' '),
  ).toBe(text);
  const models = await client.models.list();
  expect(models.data.map(({ id }) => id)).toEqual(['random']);
  expect(await client.models.retrieve('random')).toMatchObject({ id: 'random', object: 'model' });
  await expect(client.models.retrieve('other')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  await expect(create({ model: 'other' })).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  await expect(create({ response_format: 'xml' })).rejects.toMatchObject({ status: 400, param: 'response_format' });
  const wrong = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'x'.repeat(43), maxRetries: 0 });
  await expect(wrong.models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
});

it('reads long recordings of another rate by pieces, and hears the same', async () => {
  const long = join(made.folder, 'long.wav');
  const channel = changingTones(30, 22_050);
  writeFileSync(long, writeWav([channel, channel.map((value) => value / 2)], 22_050));
  const { words } = await transcribe(long);
  const heard = (await client.audio.transcriptions.create({
    ...{ file: fileOf(long), model: 'whisper-1', response_format: 'verbose_json', timestamp_granularities: ['word'] },
  })) as OpenAI.Audio.TranscriptionVerbose;
  expect(words.at(-1)!.startSec).toBeGreaterThan(25);
  expect(heard.words!.map(({ word, start, end }) => [word, start, end])).toEqual(
    words.map(({ text, startSec, endSec }) => [text, startSec, endSec]),
  );
});

interface Message {
  type: string;
  text?: string;
  words?: { text: string; startSec: number }[];
  heardSec?: number;
  error?: { code: string };
}
/** Sends a whole stream and gives all that was answered, with the code that it was closed with. */
function stream(query: string, pieces: Uint8Array[], finish = true): Promise<{ messages: Message[]; code: number }> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/stream${query}`, { headers: { authorization } });
  const messages: Message[] = [];
  socket.on('open', () => {
    for (const piece of pieces) socket.send(piece);
    if (finish) socket.send('{"type": "finish"}');
  });
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as Message));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code) => resolve({ messages, code }));
  });
}
/** 16-bit PCM of a recording, cut into pieces that end in the midst of samples. */
function pcmPieces(bytes: number): Uint8Array[] {
  const pcm = readFileSync(made.audio).subarray(44);
  return Array.from({ length: Math.ceil(pcm.length / bytes) }, (_, i) => pcm.subarray(i * bytes, (i + 1) * bytes));
}

it('hears streams as asr stream does, however they are cut; faults are named', async () => {
  const played = await callEngine('stream', made.model, made.audio, '--threads', '1', '--json');
  const [{ text, finals: heard }] = (JSON.parse(played.out) as { files: [StreamedFile] }).files;
  expect(text.length).toBeGreaterThan(4);
  const { messages, code } = await stream('?encoding=pcm16&sample_rate=8000', pcmPieces(4001));
  expect(code).toBe(1000);
  expect(messages[0]).toEqual({ type: 'ready', model: 'random', encoding: 'pcm16', sampleRateHz: 8000 });
  expect(messages.at(-1)).toEqual({ type: 'done' });
  const finals = messages.filter(({ type }) => type === 'final');
  expect(finals.map((final) => final.text).join(' ')).toBe(text);
  expect(finals.map(({ words }) => words)).toEqual(heard.map(({ words }) => words));
  expect(messages.filter(({ type }) => type === 'partial').length).toBeGreaterThan(0);

  const nan = await stream('?encoding=float32', [new Uint8Array(Float32Array.of(Number.NaN).buffer)]);
  expect([nan.code, nan.messages.at(-1)!.error!.code]).toEqual([1008, 'audio-not-finite']);
  const half = await stream('', [Uint8Array.of(1)]);
  expect(half.messages.at(-1)!.error!.code).toBe('audio-truncated');
  expect((await stream('', [Buffer.alloc(2 << 20)], false)).code).toBe(1009);
  for (const query of ['?encoding=mp3', '?sample_rate=1', '?sample_rate=x', '?token=x', '?model=a&model=b', '?x=1'])
    await expect(stream(query, [])).rejects.toThrow('400');
  await expect(stream('?model=other', [])).rejects.toThrow('404');
});

it('tells health to everybody, metrics to those with the token, and names what is wrong', async () => {
  expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
  const metrics = await fetchWithToken('/metrics');
  expect(metrics.headers.get('content-type')).toContain('version=0.0.4');
  expect(await metrics.text()).toMatch(/^asr_http_requests_total\{route="transcriptions",code="200"\} \d+$/m);
  const body = formOf(Buffer.from('no audio at all'));
  const form = { 'content-type': formType };
  const cases: [string, RequestInit, number, string][] = [
    ['/v1/nothing', {}, 404, 'not_found'],
    ['/v1/models/..%2f..%2fetc%2fpasswd', {}, 404, 'model_not_found'],
    ['/v1/models/%ff', {}, 404, 'not_found'],
    ['/v1/models', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['/v1/audio/transcriptions', {}, 405, 'method_not_allowed'],
    ['/v1/stream', {}, 426, 'upgrade_required'],
    ['/v1/audio/transcriptions', { method: 'POST', body: '{}' }, 415, 'unsupported_media_type'],
    [
      '/v1/audio/transcriptions',
      { method: 'POST', body, headers: { ...form, 'content-encoding': 'gzip' } },
      ...([415, 'unsupported_encoding'] as const),
    ],
    ['/v1/audio/transcriptions', { method: 'POST', body, headers: form }, 400, 'audio-not-audio'],
    [
      '/v1/audio/transcriptions',
      { method: 'POST', body: body.subarray(0, 90), headers: form },
      400,
      'invalid_multipart',
    ],
  ];
  for (const [path, init, status, code] of cases) {
    const response = await fetchWithToken(path, init);
    const answer = (await response.json()) as { error: { code: string; message: string; type: string } };
    expect([path, response.status, answer.error.code]).toEqual([path, status, code]);
    expect(answer.error.message).not.toContain('manifest');
  }
  expect(server.log.join('\n')).not.toContain(testToken);
});

it('asr serve ends in good order: what runs is answered, streams are told, nothing new is taken', async () => {
  const ready = join(made.folder, 'ready.json');
  const args = ['serve', made.model, '--threads', '1', '--ready-file', ready];
  const { child, ended } = startEngine(args, { ASR_TOKEN: '' });
  started = child;
  const announced = await new Promise<{ url: string; token: string; models: string[] }>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const line = /^ready (\{.*\})$/m.exec(said)?.[1];
      if (line) resolve(JSON.parse(line) as { url: string; token: string; models: string[] });
    });
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  expect(announced.models).toEqual(['random']);
  expect(Buffer.from(announced.token, 'base64url')).toHaveLength(32);
  const told = readFileSync(ready, 'utf8');
  expect(JSON.parse(told)).toMatchObject({ url: announced.url });
  expect(told).not.toContain(announced.token);
  const headers = { authorization: `Bearer ${announced.token}` };
  const socket = new WebSocket(`${announced.url.replace('http', 'ws')}/v1/stream`, { headers });
  await new Promise((resolve) => socket.once('message', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const whole = formOf(readFileSync(made.audio));
  let goOn: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(whole.subarray(0, 20_000));
      await gate;
      controller.enqueue(whole.subarray(20_000));
      controller.close();
    },
  });
  const init = { method: 'POST', body, duplex: 'half', headers: { ...headers, 'content-type': formType } };
  const answer = fetch(`${announced.url}/v1/audio/transcriptions`, init as RequestInit);
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill('SIGTERM');
  expect(await closed).toBe(1001);
  await expect(fetch(`${announced.url}/health`)).rejects.toThrow('fetch failed');
  goOn();
  const response = await answer;
  expect(response.status).toBe(200);
  expect(((await response.json()) as { text: string }).text).toBe(expected.text);
  const { code, stdout, stderr } = await ended;
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr.split(announced.token)).toHaveLength(2);
  expect(existsSync(ready)).toBe(false);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGate } from './gate.ts';
import { HttpError } from './httpError.ts';
import { createMetrics } from './metrics.ts';
import { createQueue } from './queue.ts';
import { chooseToken } from './token.ts';
import { readTranscriptionRequest } from './transcriptionRequest.ts';

const statusOf = (act: () => unknown): number => {
  try {
    act();
    return 200;
  } catch (error) {
    expect(error).toBeInstanceOf(HttpError);
    return (error as HttpError).status;
  }
};

test('names of this machine may call, any other name and every web page may not', () => {
  const gate = createGate({ token: 't', hosts: ['asr.example'], origins: ['https://app.example'] });
  const hosts: [string | undefined, number][] = [
    ['127.0.0.1:8000', 200],
    ['LOCALHOST', 200],
    ['[::1]:9', 200],
    ['asr.example:443', 200],
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil.example:8000', 403],
    ['localhost:8000@evil.example', 403],
    ['localhost:8000:1', 403],
    ['', 403],
    [undefined, 400],
  ];
  for (const [host, status] of hosts) expect([host, statusOf(() => gate.admit({ host }))]).toEqual([host, status]);
  const origins: [string, number][] = [
    ['https://app.example', 200],
    ['https://app.example.evil.example', 403],
    ['http://localhost', 403],
    ['null', 403],
  ];
  for (const [origin, status] of origins)
    expect([origin, statusOf(() => gate.admit({ host: 'localhost', origin }))]).toEqual([origin, status]);
});

test('only the very token is taken, from its header alone', () => {
  const token = 'a'.repeat(43);
  const gate = createGate({ token, hosts: [], origins: [] });
  const headers: [string | undefined, number][] = [
    [`Bearer ${token}`, 200],
    [`bearer ${token}`, 200],
    [undefined, 401],
    ['', 401],
    [token, 401],
    [`Basic ${token}`, 401],
    ['Bearer ', 401],
    [`Bearer ${token}a`, 401],
    [`Bearer ${token.slice(1)}`, 401],
    [`Bearer ${token} ${token}`, 401],
  ];
  for (const [authorization, status] of headers)
    expect([authorization, statusOf(() => gate.authorize({ authorization }))]).toEqual([authorization, status]);
});

test('a token is 256 random bits, or what the user keeps for it; short ones are refused', () => {
  const fresh = chooseToken(undefined, {});
  expect(Buffer.from(fresh.value, 'base64url')).toHaveLength(32);
  expect(fresh.fresh).toBe(true);
  expect(chooseToken(undefined, {}).value).not.toBe(fresh.value);
  expect(chooseToken(undefined, { ASR_TOKEN: fresh.value })).toEqual({ value: fresh.value, fresh: false });
  expect(() => chooseToken(undefined, { ASR_TOKEN: 'secret' })).toThrow('the token has 6 characters');
  expect(() => chooseToken(undefined, { ASR_TOKEN: `${'x'.repeat(40)}\ny` })).toThrow('one line');
  const folder = mkdtempSync(join(tmpdir(), 'token-'));
  const file = join(folder, 'token');
  writeFileSync(file, `${'k'.repeat(40)}\n`, { mode: 0o600 });
  expect(chooseToken(file, {})).toEqual({ value: 'k'.repeat(40), fresh: false });
  expect(() => chooseToken(join(folder, 'none'), {})).toThrow('there is no such file');
  rmSync(folder, { recursive: true });
});

test('fields of a transcription are checked one by one', () => {
  const read = (fields: Record<string, string[]>) => readTranscriptionRequest(new Map(Object.entries(fields)));
  expect(read({})).toEqual({ model: undefined, format: 'json', words: false, segments: true, language: undefined });
  const verbose = { response_format: ['verbose_json'] };
  expect(read({ ...verbose, 'timestamp_granularities[]': ['word'] })).toMatchObject({ words: true, segments: false });
  const wrong: [Record<string, string[]>, string][] = [
    [{ response_format: ['xml'] }, 'response_format'],
    [{ temperature: ['warm'] }, 'temperature'],
    [{ temperature: ['-0.1'] }, 'temperature'],
    [{ temperature: ['NaN'] }, 'temperature'],
    [{ stream: ['true'] }, 'stream'],
    [{ language: ['../..'] }, 'language'],
    [{ model: ['a', 'b'] }, 'model'],
    [{ 'timestamp_granularities[]': ['word'] }, 'timestamp_granularities'],
    [{ ...verbose, 'timestamp_granularities[]': ['phone'] }, 'timestamp_granularities'],
    [{ __proto__x: ['1'] }, '__proto__x'],
  ];
  for (const [fields, param] of wrong) {
    const error = (() => {
      try {
        return read(fields);
      } catch (thrown) {
        return thrown as HttpError;
      }
    })();
    expect(error).toMatchObject({ status: 400, details: { param } });
  }
});

test('the queue runs in order, no more than it may at a time, and keeps no place of who has left', async () => {
  const queue = createQueue({ parallel: 2, waiting: 2 });
  const never = new AbortController().signal;
  const places = Array.from({ length: 4 }, () => queue.enter());
  expect(statusOf(() => queue.enter())).toBe(503);
  const began: number[] = [];
  const leave = new AbortController();
  const turns = places.map((place, i) =>
    place.turn(i === 2 ? leave.signal : never).then(
      () => void began.push(i),
      () => void began.push(-i),
    ),
  );
  await Promise.all(turns.slice(0, 2));
  expect([queue.running, queue.waiting, began]).toEqual([2, 2, [0, 1]]);
  leave.abort(new Error('gone'));
  await turns[2];
  places[2]!.release();
  places[0]!.release();
  places[0]!.release();
  await turns[3];
  expect([queue.running, queue.waiting, began]).toEqual([2, 0, [0, 1, -2, 3]]);
  places[1]!.release();
  places[3]!.release();
  expect([queue.running, queue.waiting]).toEqual([0, 0]);
});

test("metrics are Prometheus' text", () => {
  const metrics = createMetrics();
  metrics.answered('health', 200, 0.02);
  metrics.answered('health', 200, 400);
  metrics.heard(2.5);
  const lines = metrics.render({ asr_streams_open: { help: 'Open.', value: 3 } }).split('\n');
  for (const line of lines.slice(0, -1))
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"\\]*",?)+\})? [\d.e+]+)$/);
  expect(lines).toContain('asr_http_requests_total{route="health",code="200"} 2');
  expect(lines).toContain('asr_http_request_duration_seconds_bucket{route="health",le="0.01"} 0');
  expect(lines).toContain('asr_http_request_duration_seconds_bucket{route="health",le="0.025"} 1');
  expect(lines).toContain('asr_http_request_duration_seconds_bucket{route="health",le="+Inf"} 2');
  expect(lines).toContain('asr_http_request_duration_seconds_sum{route="health"} 400.02');
  expect(lines).toContain('asr_audio_seconds_total 2.5');
  expect(lines).toContain('asr_streams_open 3');
});

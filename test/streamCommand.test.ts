import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeWav } from '../src/dsp/writeWav.ts';
import { createRandom } from '../src/shared/random.ts';
import { parseStreamEvent, type StreamedFile, type StreamSummary } from '../src/shared/streaming/streamEvents.ts';
import { runEngine } from './faults/engineProcess.ts';
import { writeTalkativeCheckpoint } from './talkativeModel.ts';

/** `asr stream` and `asr evaluate --streaming` as a user calls them. */
let directory: string;
let played: StreamedFile[] = [];
const file = (name: string) => join(directory, name);
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'stream-'));
  await writeTalkativeCheckpoint(file('model'), false);
  const random = createRandom('stream command');
  const lines = [0, 1, 2].map((i) => {
    const samples = Float32Array.from({ length: 16_000 + 5000 * i }, () => 0.1 * random.normal());
    writeFileSync(file(`${i}.wav`), writeWav([samples], 16_000));
    return JSON.stringify({ audio_filepath: `${i}.wav`, text: 'a bad cab', duration: 1 + i / 3 });
  });
  writeFileSync(file('m.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(file('broken.wav'), 'no audio');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('plays recordings with one JSON document at the end; one that cannot be read is named and stops none', async () => {
  const { code, stdout, stderr } = await runEngine(
    ...['stream', file('model'), file('broken.wav'), '--manifest', file('m.jsonl'), '--chunk-ms', '100', '--json'],
  );
  expect(code, stderr).toBe(1);
  expect(stderr).toContain('broken.wav:1:1: error');
  const answer = JSON.parse(stdout) as {
    mode: string;
    lookAheadMs: number;
    summary: StreamSummary;
    files: StreamedFile[];
  };
  played = answer.files;
  expect([answer.mode, answer.lookAheadMs]).toEqual(['streaming', 46]);
  expect(answer.files.map(({ audioFilepath }) => audioFilepath)).toEqual(['0.wav', '1.wav', '2.wav']);
  for (const { text, offline, reference } of answer.files) expect([text, reference]).toEqual([offline, 'A BAD CAB']);
  // 1 s, 1.3125 s and 1.625 s in tenths of a second, and the end of each.
  expect(answer.summary.chunks).toBe(10 + 14 + 17 + 3);
  expect(answer.summary).toMatchObject({ files: 3, lostWords: 0, werAgainstOffline: 0 });
  expect(answer.summary.wer).toBe(answer.summary.offlineWer);
});

it('tells events line by line, which say what the document says', async () => {
  const { code, stdout } = await runEngine('stream', file('model'), file('2.wav'), '--events');
  expect(code).toBe(0);
  const events = stdout.trim().split('\n').map(parseStreamEvent);
  expect(events.every((event) => event !== undefined)).toBe(true);
  expect([events[0]!.event, events[1]!.event, events.at(-2)!.event, events.at(-1)!.event]).toEqual([
    ...['model', 'file', 'fileEnd', 'summary'],
  ]);
  const finals = events.flatMap((event) => (event?.event === 'final' ? [event.text] : []));
  const end = events.find((event) => event?.event === 'fileEnd');
  expect(end).toMatchObject({ text: finals.join(' ') });
});

it('evaluates by streaming', async () => {
  const { code, stdout, stderr } = await runEngine(
    ...['evaluate', file('model'), '--manifest', file('m.jsonl'), '--streaming', '--json'],
  );
  expect(code, stderr).toBe(0);
  const answer = JSON.parse(stdout) as { wer: number; model: string; utterances: { hypothesis: string }[] };
  expect(answer.model).toContain('(streaming, chunks of 160 ms)');
  // As played in other chunks above, and as the recordings at once.
  expect(answer.utterances.map(({ hypothesis }) => hypothesis)).toEqual(played.map(({ offline }) => offline));
  expect(answer.wer).toBeGreaterThan(0);
});

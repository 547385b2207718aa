import { appendFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AudioReader } from '../../asr/lint/dataRules.ts';
import { checkData } from '../../asr/lint/dataRules.ts';
import { parseManifest } from '../../asr/manifest.ts';
import { writeWav } from '../../dsp/writeWav.ts';
import { createAudioReader } from './audioReader.ts';
import { writeChangedCopy } from './changedCopy.ts';
import { openFactCache } from './factCache.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-reader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tone = (seconds: number, level = 0.5) =>
  writeWav([Float32Array.from({ length: seconds * 16_000 }, (_, i) => level * Math.sin(i / 20))], 16_000);
const put = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  // A time of its own, whatever the clock of the disk resolves.
  utimesSync(join(folder, name), 1e9, 1e9 + Math.random());
  return join(folder, name);
};
const utterances = (...names: string[]) =>
  parseManifest(
    names.map((name) => JSON.stringify({ audio_filepath: name, text: 'yes' })).join('\n'),
    join(folder, 'm.jsonl'),
  ).utterances;
const codes = async (reader: AudioReader, ...names: string[]) =>
  (await checkData({ train: utterances(...names), dev: [] }, undefined, reader)).problems.map(
    ({ code, line }) => `${line} ${code}`,
  );

test('faults of recordings are named; copies of one recording are found by their samples', async () => {
  put('good.wav', tone(1));
  put('twin.wav', tone(1));
  put('silent.wav', tone(1, 0));
  put('silent too.wav', tone(1, 0));
  put('cut.wav', 'RIFF????WAVE');
  const cache = await openFactCache();
  const reader = createAudioReader({ cache: async () => cache, content: true });
  expect(
    await codes(reader, 'good.wav', 'twin.wav', 'silent.wav', 'silent too.wav', 'cut.wav', 'gone.wav', '.'),
  ).toEqual([
    '2 audio-duplicate',
    '3 audio-silent',
    '4 audio-silent',
    expect.stringMatching(/^5 audio-\w/),
    '6 audio-missing',
    '7 audio-unreadable',
  ]);
});

test('what is known is kept on disk and not read again until the file changes; torn lines are passed over', async () => {
  const file = put('kept.wav', tone(1));
  const facts = join(folder, 'facts', 'recordings.jsonl');
  const check = async (trusting = false) => {
    const cache = await openFactCache(facts);
    const found = await codes(createAudioReader({ cache: async () => cache, content: true, trusting }), 'kept.wav');
    await cache.save();
    return found;
  };
  expect(await check()).toEqual([]);
  // A fact that was changed by hand shows that it is taken from the file.
  const kept = readFileSync(facts, 'utf8');
  expect(kept.split('\n')).toHaveLength(3);
  writeFileSync(facts, kept.replace('"heard":{"0+":{"problems":[]', '"heard":{"0+":{"problems":[{"code":"odd"}]'));
  appendFileSync(facts, '["torn');
  expect(await check()).toEqual(['1 odd']);
  writeFileSync(file, tone(1, 0));
  expect(await check(true)).toEqual(['1 odd']);
  expect(await check()).toEqual(['1 audio-silent']);
  writeFileSync(facts, 'of another program');
  expect(await check()).toEqual(['1 audio-silent']);
  expect(readFileSync(facts, 'utf8')).toMatch(/^\{"version":1\}\n/);
});

test('a check that is ended leaves what it found out for the next one', async () => {
  const names = Array.from({ length: 60 }, (_, i) => `${i}.wav`);
  for (const name of names) put(name, tone(0.2));
  const cache = await openFactCache();
  const reader = createAudioReader({ cache: async () => cache, content: false });
  let done = 0;
  await checkData({ train: utterances(...names), dev: [] }, undefined, reader, {
    progress: () => done++,
    cancelled: () => done >= 20,
  });
  expect(done).toBeLessThan(40);
  expect(cache.get(join(folder, '0.wav'))).toBeDefined();
  expect(cache.get(join(folder, '59.wav'))).toBeUndefined();
});

test('changed copies get a free name beside the recording', async () => {
  const file = put('voice.wav', writeWav([new Float32Array(8000 * 4).fill(0.3, 8000 * 3)], 8000));
  const resampled = await writeChangedCopy(file, { change: 'resample', sampleRateHz: 16_000 });
  expect(resampled).toEqual({ file: join(folder, 'voice.16000Hz.wav'), durationSec: 4 });
  const trimmed = await writeChangedCopy(file, { change: 'trim' });
  expect(trimmed.durationSec).toBeCloseTo(1.2, 1);
  expect((await writeChangedCopy(file, { change: 'trim' })).file).toBe(join(folder, 'voice.trimmed-2.wav'));
  await expect(writeChangedCopy(put('none.wav', tone(1, 0)), { change: 'trim' })).rejects.toThrow('silent throughout');
  await expect(writeChangedCopy(join(folder, 'gone.wav'), { change: 'trim' })).rejects.toThrow('there is no file');
});

import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { describeExperiment } from '../src/analysis/describeExperiment.ts';
import { writeWav } from '../src/dsp/writeWav.ts';
import { parseExperiment } from '../src/shared/config/parseExperiment.ts';
import { createHeaderCache } from '../src/training/data/headerCache.ts';
import { describeData } from '../src/training/describeData.ts';
import { recordingsFolder } from './recordings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'describe-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const experimentIn = (directory: string, more = '') =>
  parseExperiment(`data: { train: [train.jsonl], dev: [dev.jsonl] }\n${more}`, join(directory, 'x.asr.yaml'))
    .experiment!;
const never = new AbortController().signal;

function writeClip(name: string, seconds: number): void {
  writeFileSync(join(folder, name), writeWav([new Float32Array(Math.round(16_000 * seconds)).fill(0.1)], 16_000));
}
function writeManifest(...lines: { name: string; text: string }[]): void {
  const text = lines.map(({ name, text }) => `${JSON.stringify({ audio_filepath: name, text })}\n`).join('');
  writeFileSync(join(folder, 'train.jsonl'), text);
}

test('utterances are counted as a run would take them', async () => {
  for (const name of ['a.wav', 'b.wav', 'c.wav']) writeClip(name, 1);
  writeClip('short.wav', 0.2);
  writeManifest(
    ...['a.wav', 'b.wav', 'c.wav'].map((name) => ({ name, text: 'YES' })),
    { name: 'short.wav', text: 'HELLO' },
    { name: 'gone.wav', text: 'YES' },
    { name: 'a.wav', text: '12' },
  );
  const reader = createHeaderCache(() => 0).reader(16_000, never);
  const facts = await describeData(
    experimentIn(folder, 'training: { batchSeconds: 2 }'),
    join(folder, 'x.asr.yaml'),
    reader,
  );
  expect(facts).toMatchObject({ usable: 3, infeasible: 1, leftOut: 3, fastestSpeed: 1.1, durationSec: 3 });
  // Two seconds hold one clip, or two where their speed makes them shorter than one.
  expect(facts.stepsPerEpoch).toBeGreaterThanOrEqual(1.5);
  expect(facts.stepsPerEpoch).toBeLessThanOrEqual(3);
  expect(facts.paddingShare).toBeGreaterThanOrEqual(0);
  expect(facts.peakMemoryBytes).toBeGreaterThan(100 * 2 ** 20);
});

test('manifests that are missing give no utterance and the reason', async () => {
  const reader = createHeaderCache(() => 0).reader(16_000, never);
  const facts = await describeData(experimentIn(join(folder, 'nowhere')), join(folder, 'nowhere/x.asr.yaml'), reader);
  expect(facts).toMatchObject({ usable: 0, stepsPerEpoch: 0 });
  expect(facts.firstProblem).toContain('cannot read the manifest');
});

test('a header is read again when its file has changed, and not before', async () => {
  let nowMs = 0;
  const cache = createHeaderCache(() => nowMs);
  const file = join(folder, 'changing.wav');
  const samplesOf = async () => {
    const [header] = await cache.reader(16_000, never).run({ kind: 'probe', clips: [{ file }] });
    return header && 'samples' in header ? header.samples : header?.code;
  };
  writeClip('changing.wav', 1);
  expect(await samplesOf()).toBe(16_000);
  writeClip('changing.wav', 0.5);
  utimesSync(file, 1e9, 1e9);
  expect(await samplesOf()).toBe(16_000);
  nowMs += 60_000;
  expect(await samplesOf()).toBe(8000);
  rmSync(file);
  nowMs += 60_000;
  expect(await samplesOf()).toBe('audio-missing');
});

test('reading stops when it is no longer asked for', async () => {
  writeClip('a.wav', 1);
  const stop = new AbortController();
  let read = 0;
  const reader = createHeaderCache(() => 0).reader(16_000, stop.signal, () => {
    if (++read === 20) stop.abort();
  });
  const clips = Array.from({ length: 500 }, (_, i) => ({ file: join(folder, 'a.wav'), offsetSec: i / 1000 }));
  await expect(reader.run({ kind: 'probe', clips })).rejects.toThrow('abort');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(read).toBeLessThan(40);
});

const recordings = recordingsFolder();
it.skipIf(recordings === undefined)('what the presets make of AN4', async () => {
  const directory = join(recordings!, 'an4');
  const cache = createHeaderCache(() => performance.now());
  const facts = (experiment: ReturnType<typeof experimentIn>) =>
    describeData(experiment, join(directory, 'x.asr.yaml'), cache.reader(16_000, never));
  const small = experimentIn(directory);
  expect(await facts(small)).toMatchObject({ usable: 844, infeasible: 0, leftOut: 0 });
  expect((await describeExperiment(small)).schedule.endsAtMinimum).toBe(true);
  const article = experimentIn(directory, 'preset: article');
  const { usable, infeasible } = await facts(article);
  expect(usable + infeasible).toBe(844);
  expect(infeasible).toBeGreaterThan(700);
  expect((await describeExperiment(article)).schedule.endsAtMinimum).toBe(false);
});

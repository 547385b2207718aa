import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DataDocument } from '../../../../asr/documents/dataDocument.ts';
import { parseManifest } from '../../../../asr/manifest.ts';
import { writeWav } from '../../../../dsp/writeWav.ts';
import type { DatasetStatistics } from '../../../../shared/datasetFacts.ts';
import type { SurveyProgress } from '../../../../shared/protocol/statistics.ts';
import { createDatasetStore } from './datasetStore.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'a.wav'), writeWav([new Float32Array(8000).fill(0.5)], 8000));

const file = join(folder, 'm.jsonl');
const documentOf = (entries: object[]): DataDocument => ({
  kind: 'manifest',
  ...parseManifest(entries.map((entry) => JSON.stringify(entry)).join('\n'), file),
});

test('measures what lines do not say, hears a sample, and lists by what it heard', async () => {
  const document = documentOf([
    { audio_filepath: 'a.wav', text: 'go' },
    { audio_filepath: 'a.wav', offset: 0.5, duration: 0.25, text: 'on' },
    { audio_filepath: 'gone.wav', text: 'x' },
  ]);
  const store = createDatasetStore([{ file, document }], () => 0);
  expect(store.opened.manifests[0]).toMatchObject({ utterances: 3, unmeasured: 2, durationSec: 0.25 });
  const described: DatasetStatistics[][] = [];
  const progress: SurveyProgress[] = [];
  await store.survey({ described: (told) => described.push(told), progressed: (told) => progress.push(told) });
  expect(described.at(-1)![0]).toMatchObject({ unmeasured: 1, durationSec: 1.25 });
  const last = progress.at(-1)!;
  expect(last).toMatchObject({ stage: 'levels', done: 3, total: 3 });
  expect(last.levels).toMatchObject({ heard: 2, unreadable: 1 });
  expect(store.list(0, { by: 'level', from: -7 }, 0).utterances.map(({ line }) => line)).toEqual([1, 2]);
  expect(store.list(0, { by: 'encoding', value: '8000 Hz, pcm-s16, 1 channel' }, 0).total).toBe(2);
  expect(store.list(9, { by: 'word', value: 'go' }, 0)).toEqual({ total: 0, utterances: [] });
});

test('what lists nothing is a failure with its reason, and the rest is described', () => {
  const { opened } = createDatasetStore(
    [
      { file: '/d/events.jsonl', document: undefined },
      { file: '/d/bad.jsonl', document: documentOf([{ text: 'x' }]) },
      { file, document: documentOf([{ audio_filepath: 'a.wav', text: 'go', duration: 1 }]) },
    ],
    () => 0,
  );
  expect(opened.failures).toEqual([
    { name: 'events.jsonl', message: 'it lists no recordings' },
    { name: 'bad.jsonl', message: '"audio_filepath" is missing' },
  ]);
  expect(opened.manifests.map(({ name }) => name)).toEqual(['m.jsonl']);
});

test('stops when it is told to', async () => {
  const entries = Array.from({ length: 500 }, (_, i) => ({ audio_filepath: 'a.wav', offset: i / 1000, text: 'x' }));
  const store = createDatasetStore([{ file, document: documentOf(entries) }], () => 0);
  const told: unknown[] = [];
  const survey = store.survey({ described: (all) => told.push(all), progressed: (all) => told.push(all) });
  store.stop();
  await survey;
  expect(told).toEqual([]);
});

// Seconds on an idle machine; the limit is for a busy one.
test('describes and lists a hundred thousand lines', { timeout: 120_000 }, () => {
  const entries = Array.from({ length: 100_000 }, (_, i) => ({
    ...{ audio_filepath: `${i}.wav`, duration: 1 + (i % 17), speaker: `s${i % 2500}` },
    text: `word${i % 997} word${i % 7919} word${i % 31} and so on`,
  }));
  const document = documentOf(entries);
  const startMs = performance.now();
  const store = createDatasetStore([{ file, document }], () => 0);
  expect(store.opened.manifests[0]).toMatchObject({ utterances: 100_000, speakers: 2500 });
  expect(store.list(0, { by: 'word', value: 'word7' }, 0).total).toBeGreaterThan(3000);
  expect(performance.now() - startMs).toBeLessThan(30_000);
});

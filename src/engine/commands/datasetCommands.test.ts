import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { callEngine } from '../../../test/callEngine.ts';
import { parseManifest } from '../../asr/manifest.ts';
import { writeWav } from '../../dsp/writeWav.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-dataset-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string | Uint8Array) => {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};
const tone = (seconds: number, amplitude: number) =>
  writeWav([Float32Array.from({ length: seconds * 8000 }, (_, i) => amplitude * Math.sin(i / 3))], 8000);
for (const [name, seconds, amplitude] of [
  ['a', 1, 0.5],
  ['b', 2, 0.001],
  ['c', 3, 0.5],
] as const)
  write(`wav/${name}.wav`, tone(seconds, amplitude));
const lines = (entries: object[]) => `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`;
const read = (file: string) => parseManifest(readFileSync(file, 'utf8'), file).utterances;

test('stats: lengths from headers, words against the first manifest, levels when asked', async () => {
  const train = write(
    'train.jsonl',
    lines([
      { audio_filepath: 'wav/a.wav', text: 'go on', speaker: 's1' },
      { audio_filepath: 'wav/b.wav', text: 'go', speaker: 's2', duration: 2 },
      { audio_filepath: 'wav/gone.wav', text: 'go' },
    ]),
  );
  const dev = write('dev.jsonl', lines([{ audio_filepath: 'wav/c.wav', text: 'go away', duration: 3 }]));
  const { code, out, error } = await callEngine('stats', train, dev, '--levels', '--json');
  expect(code).toBe(0);
  const [first, second] = JSON.parse(out);
  expect(first).toMatchObject({ file: train, utterances: 3, durationSec: 3, unmeasured: 1, speakers: 2 });
  expect(first.levels).toMatchObject({ sampled: 3, heard: 2, unreadable: 1, quiet: 1 });
  expect(first.levels.formats).toEqual([{ name: '8000 Hz, pcm-s16, 1 channel', count: 2 }]);
  expect(second.outOfVocabulary).toMatchObject({ words: 1, most: [{ name: 'away', count: 1 }] });
  expect(error).toContain(`${train}:3:1: error audio-missing: there is no file wav/gone.wav`);
  const shown = await callEngine('stats', train, dev);
  expect(shown.out).toMatch(/words not in the first +1 \(50.00 %\)/);
});

test('stats: what is no manifest', async () => {
  const binary = write(
    'binary.jsonl',
    Uint8Array.from({ length: 5000 }, (_, i) => i * 7),
  );
  expect(await callEngine('stats', binary, '--json')).toMatchObject({
    code: 1,
    out: expect.stringContaining('no utterance'),
  });
  expect(await callEngine('stats', folder, '--json')).toMatchObject({
    code: 1,
    out: expect.stringContaining('it is a folder'),
  });
});

const speakers = lines(
  Array.from({ length: 60 }, (_, i) => ({
    ...{ audio_filepath: 'wav/a.wav', text: 'x', offset: i, duration: 1, speaker: `s${i % 20}`, note: i },
  })),
);

test('split: new manifests in another folder, whole speakers, other keys kept, the source untouched', async () => {
  const source = write('all.jsonl', `${speakers}{"audio_filepath": "wav/b.wav", "text": "x", "exclude": true}\n`);
  const target = join(folder, 'parts');
  const { code, out } = await callEngine('split', source, '--out-dir', target, '--json');
  expect(code).toBe(0);
  const { manifests, sharedSpeakers, excluded } = JSON.parse(out);
  expect(
    manifests.map(({ part, utterances, speakers }: Record<string, unknown>) => [part, utterances, speakers]),
  ).toEqual([
    ['train', 48, 16],
    ['dev', 6, 2],
    ['test', 6, 2],
  ]);
  expect([sharedSpeakers, excluded]).toEqual([0, 1]);
  const dev = read(join(target, 'dev.jsonl'));
  expect(dev.every(({ audioFilepath }) => existsSync(resolve(target, audioFilepath)))).toBe(true);
  expect(JSON.parse(dev[0]!.source)).toHaveProperty('note');
  expect(readFileSync(source, 'utf8')).toContain(speakers);
  const again = await callEngine('split', source, '--out-dir', target, '--json');
  expect(again).toMatchObject({ code: 1, out: expect.stringContaining('--force overwrites it') });
  const before = readFileSync(join(target, 'dev.jsonl'), 'utf8');
  expect((await callEngine('split', source, '--out-dir', target, '--force', '--json')).code).toBe(0);
  expect(readFileSync(join(target, 'dev.jsonl'), 'utf8')).toBe(before);
});

test('split: beside the source its lines stay as they are, and it is never overwritten', async () => {
  const source = write('same/all.jsonl', speakers);
  await callEngine('split', source, '--out-dir', join(folder, 'same'), '--dev', '0.2', '--json');
  expect(existsSync(join(folder, 'same/test.jsonl'))).toBe(false);
  for (const { source: line } of read(join(folder, 'same/dev.jsonl'))) expect(speakers).toContain(line);
  const own = write('own/train.jsonl', speakers);
  const refused = await callEngine('split', own, '--out-dir', join(folder, 'own'), '--force', '--json');
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('is the manifest that is split') });
  expect(readFileSync(own, 'utf8')).toBe(speakers);
});

test.each([
  [['--train', '0.9', '--dev', '0.2'], 'add up to 1.10'],
  [['--dev', '2'], '--dev is "2"'],
])('split %j is refused', async (options, message) => {
  const source = write('refused.jsonl', speakers);
  const { code, out } = await callEngine('split', source, '--out-dir', join(folder, 'no'), ...options, '--json');
  expect([code, JSON.parse(out).error.message]).toEqual([1, expect.stringContaining(message)]);
});

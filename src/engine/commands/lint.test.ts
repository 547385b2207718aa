import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { callEngine } from '../../../test/callEngine.ts';
import { recordingsFolder } from '../../../test/recordings.ts';
import { writeWav } from '../../dsp/writeWav.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lint(...argv: string[]) {
  const { code, out, error } = await callEngine('lint', ...argv, '--json');
  const problems: { code: string; severity: string; file: string; line: number; message: string }[] = JSON.parse(out);
  return {
    code,
    error,
    problems,
    short: problems.map((problem) => `${problem.severity} ${problem.code} ${problem.line}`),
  };
}

const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const tone = (seconds: number, amplitude = 0.5) =>
  writeWav([Float32Array.from({ length: seconds * 16_000 }, (_, i) => amplitude * Math.sin(i / 20))], 16_000);
const line = (audio_filepath: string, text: string) => JSON.stringify({ audio_filepath, text });

write('good.wav', tone(2));
write('second.wav', tone(2));
write('short.wav', tone(0.1));
write('silent.wav', tone(2, 0));
write('broken.wav', 'RIFFxxxxWAVE');
write(
  'train.jsonl',
  [
    line('good.wav', 'GOOD'),
    line('gone.wav', 'GONE'),
    '{',
    line('broken.wav', 'X'),
    line('short.wav', 'HELLO'),
    line('good.wav', 'NO 1'),
    line('silent.wav', 'X'),
  ].join('\n'),
);
write('dev.jsonl', line('second.wav', 'WELL'));
const config = write('x.asr.yaml', 'data:\n  train: [train.jsonl]\n  dev: [dev.jsonl]\n');

test('every problem of the data is named by manifest line, in one document', async () => {
  const { code, short, problems } = await lint(config);
  expect(code).toBe(1);
  expect(short).toEqual([
    'error manifest-json 3',
    'warning manifest-duplicate 6',
    'error audio-missing 2',
    expect.stringMatching(/^error audio-\S+ 4$/),
    'warning ctc-infeasible 5',
    'error oov 6',
    'error ctc-infeasible 1',
  ]);
  expect(problems[0]!.file).toBe(join(folder, 'train.jsonl'));
  expect(problems.at(-1)!.file).toBe(config);
});

test('what a manifest excludes is not looked at; another value than true is named at its place', async () => {
  const excluded = `${line('gone.wav', 'X').slice(0, -1)}, "exclude": true}`;
  const wrong = `${line('second.wav', 'OK').slice(0, -1)}, "exclude": "yes"}`;
  write('excluded.jsonl', [line('good.wav', 'GOOD'), excluded, wrong].join('\n'));
  const { problems } = await lint(write('excluded.asr.yaml', 'data: { train: [excluded.jsonl] }\n'));
  expect(problems.filter(({ line }) => line === 2)).toEqual([]);
  const column = wrong.indexOf('"yes"') + 1;
  expect(problems.filter(({ file }) => file?.endsWith('excluded.jsonl'))).toMatchObject([
    { code: 'manifest-value', severity: 'warning', line: 3, column },
  ]);
});

test('--samples listens, --config-only does not look at the data, --set changes a key', async () => {
  expect((await lint(config, '--samples')).short).toContain('warning audio-silent 7');
  expect(await lint(config, '--config-only')).toMatchObject({ code: 0, problems: [] });
  const { short } = await lint(config, '--config-only', '--set', 'features.reference=max', 'features.hopSamples=400');
  // What --set brings has no place of its own; the top of the file is the nearest.
  expect(short).toEqual(['error frame-rate 1', 'warning ref-max 1']);
});

test('a vocabulary that the transcripts are too few for is named at its key, with the largest they give', async () => {
  const pieces = write(
    'pieces.asr.yaml',
    `data: { train: [dev.jsonl] }\ntokenizer: { type: bpe, vocabularySize: 64 }\n`,
  );
  const { code, problems } = await lint(pieces);
  expect(code).toBe(1);
  expect(problems.find((problem) => problem.code === 'vocabulary')).toMatchObject({
    file: pieces,
    line: 2,
    column: 41,
    message: expect.stringContaining('64, but the training transcripts give at most 29 units'),
  });
});

test('a manifest that is not there is named where the config names it', async () => {
  const missing = write('missing.asr.yaml', 'data:\n  train:\n    - train.jsonl\n    - nowhere.jsonl\n');
  const { problems } = await lint(missing);
  expect(problems.find(({ code }) => code === 'manifest-missing')).toMatchObject({ file: missing, line: 4, column: 7 });
});

const recordings = recordingsFolder();
test.skipIf(!recordings)('AN4 with the default preset is clean; of the digits 29 are infeasible', async () => {
  const an4 = write(
    'an4.asr.yaml',
    `data:\n  train: [${recordings}/an4/train.jsonl]\n  dev: [${recordings}/an4/dev.jsonl]\n`,
  );
  const clean = await lint(an4);
  expect(clean.code).toBe(0);
  expect(clean.problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
  const digits = write('digits.asr.yaml', `data: { train: [${recordings}/digits/train.jsonl] }\n`);
  const { short } = await lint(digits);
  expect(short.filter((problem) => problem.startsWith('warning ctc-infeasible'))).toHaveLength(29);
});

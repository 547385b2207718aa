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

test('documents and folders are checked by themselves; what lists no recordings is refused', async () => {
  const alone = mkdtempSync(join(folder, 'alone-'));
  const here = (name: string, content: string) => {
    writeFileSync(join(alone, name), content);
    return join(alone, name);
  };
  const table = here('list.tsv', 'path\tsentence\n../good.wav\tgood  morning\n../gone.wav\tgone\n');
  here('1-2.trans.txt', '1-2-3 NO FILE\n');
  here('wav.scp', 'u ../good.wav\n');
  here('text', 'u \n');
  const other = here('events.jsonl', '{"kind":"step"}\n');
  const first = await lint(table);
  expect(first.code).toBe(1);
  expect(first.short).toEqual(['info text-spaces 2', 'error audio-missing 3']);
  const all = await lint(alone);
  expect(all.problems.map(({ file, code }) => [file.slice(alone.length + 1), code])).toEqual([
    ['1-2.trans.txt', 'audio-missing'],
    ['list.tsv', 'text-spaces'],
    ['list.tsv', 'audio-missing'],
    ['text', 'empty-text'],
  ]);
  const refused = await callEngine('lint', other);
  expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('events.jsonl: lists no recordings') });
});

test('of 1000 lines 1 % are bad, each in a way of its own: those are named, and no others', async () => {
  const many = mkdtempSync(join(folder, 'many-'));
  const faults: ((entry: Record<string, unknown>) => string | Record<string, unknown>)[] = [
    (entry) => JSON.stringify(entry).slice(0, -3),
    ({ text: _, ...entry }) => entry,
    (entry) => ({ ...entry, audio_filepath: `gone/${entry.audio_filepath}` }),
    (entry) => ({ ...entry, audio_filepath: '../broken.wav' }),
    (entry) => ({ ...entry, duration: 3 }),
    (entry) => ({ ...entry, offset: 5 }),
    (entry) => ({ ...entry, text: ' ' }),
    (entry) => ({ ...entry, text: `${entry.text}\u200b` }),
    (entry) => ({ ...entry, text: 'Another Case' }),
    (entry) => ({ ...entry, text: 'far too many words for a tenth of a second of sound to hold' }),
  ];
  const bad: number[] = [];
  const lines = Array.from({ length: 1000 }, (_, i) => {
    writeFileSync(join(many, `${i}.wav`), tone(0.5, 0.1 + i / 2000));
    const entry = { audio_filepath: `${i}.wav`, duration: 0.5, text: `is ${i.toString(26).replace(/\d/g, 'z')}`, x: 1 };
    if (i % 100 !== 50) return JSON.stringify(entry);
    bad.push(i + 1);
    const faulty = faults[Math.floor(i / 100) % faults.length]!(entry);
    return typeof faulty === 'string' ? faulty : JSON.stringify(faulty);
  });
  writeFileSync(join(many, 'm.jsonl'), lines.join('\n'));
  const { problems } = await lint(join(many, 'm.jsonl'));
  expect([...new Set(problems.map((problem) => problem.line))].sort((a, b) => a - b)).toEqual(bad);
}, 60_000);

test.skipIf(!recordings)(
  'the recorded corpora by their documents alone have nothing wrong with them',
  async () => {
    const { code, problems } = await lint(recordings!);
    expect(problems).toEqual([]);
    expect(code).toBe(0);
  },
  60_000,
);

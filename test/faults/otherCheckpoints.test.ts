import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

/** One run on pieces of words, then resumed and used with what is not its own. */
let directory: string;
let config: string;
let run: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  config = writeToneConfig(directory, 2, { tokenizer: { type: 'bpe', vocabularySize: 9 } });
  run = join(directory, 'run');
  expect(await runEngine('train', config, '--run-dir', run)).toMatchObject({ code: 0 });
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const stateOf = (name: string) =>
  JSON.parse(readFileSync(join(run, 'checkpoints', name, 'state.json'), 'utf8')) as {
    step: number;
    state: { vocabulary: string[] };
  };
const resume = (...set: string[]) => runEngine('train', config, '--run-dir', run, '--resume', '--set', ...set);

it('a checkpoint of another shape is refused by its first differing tensor, and stays as it was', async () => {
  const { step } = stateOf('last');
  const cases: [string, RegExp][] = [
    [
      'model.rnn.hiddenSize=24',
      /model changed.*tensor "rnn.0.inputWeight" is \[16, 128\] in the checkpoint, \[16, 192\] in the model/,
    ],
    [
      'model.blocks=[{ channels: 12, pool: [2, 2] }]',
      /tensor "\S+" is \[8, 1, 3, 3\] in the checkpoint, \[12, 1, 3, 3\]/,
    ],
    [
      'tokenizer.vocabularySize=8',
      /tokenizer changed.*tensor "output.weight" is \[32, 9\] in the checkpoint, \[32, 8\]/,
    ],
    ['model.dropout=0.1', /model changed since the checkpoint, so its weights do not fit; start a new run/],
  ];
  for (const [set, message] of cases) {
    const { code, stderr } = await resume(set, 'training.epochs=3');
    expect([set, code, stderr]).toEqual([set, 1, expect.stringMatching(message)]);
  }
  expect(stateOf('last').step).toBe(step);
}, 150_000);

it('a resumed run keeps the pieces it began with, whatever its transcripts have become', async () => {
  const { vocabulary } = stateOf('last').state;
  expect(vocabulary.slice(0, 5)).toEqual(['<blank>', 'a', 'b', 'c', 'd']);
  expect(vocabulary).toHaveLength(9);
  for (let n = 0; n < 20; n++)
    appendFileSync(
      join(directory, 'train.jsonl'),
      `${JSON.stringify({ audio_filepath: `train/${n}.wav`, text: 'ddd', offset: 0, duration: 0.25 + n / 1e6 })}\n`,
    );
  const { code, stderr } = await resume('training.epochs=3');
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('the manifests changed since the checkpoint');
  expect(stateOf('last').state.vocabulary).toEqual(vocabulary);
}, 60_000);

it('a damaged best checkpoint is named, and the last one is used instead', async () => {
  const best = join(run, 'checkpoints/best/model.safetensors');
  truncateSync(best, 1000);
  const { code, stdout, stderr } = await runEngine(
    'evaluate',
    run,
    '--manifest',
    join(directory, 'dev.jsonl'),
    '--json',
  );
  expect(code, stderr).toBe(0);
  expect((JSON.parse(stdout) as { model: string }).model).toBe(join(run, 'checkpoints/last'));
  expect(stderr).toContain(`${best}: damaged`);
  expect(stderr).toContain(`using ${join(run, 'checkpoints/last')} instead, step ${stateOf('last').step}`);
  writeFileSync(join(run, 'checkpoints/last/model.safetensors'), 'no weights');
  const earlier = readdirSync(join(run, 'checkpoints')).filter((name) => name.startsWith('step-'));
  const before = await runEngine('transcribe', run, join(directory, 'dev/0.wav'));
  expect(before.code, before.stderr).toBe(0);
  const newest = Math.max(...earlier.map((name) => Number(name.slice('step-'.length))));
  expect(before.stderr).toContain(`using ${join(run, 'checkpoints', `step-${newest}`)} instead, step ${newest}`);
  for (const name of earlier) writeFileSync(join(run, 'checkpoints', name, 'model.safetensors'), 'no weights');
  const none = await runEngine('transcribe', run, join(directory, 'dev/0.wav'));
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(/damaged/);
}, 60_000);

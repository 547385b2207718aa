import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readStepBatch } from '../../src/extension/services/stepBatches.ts';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import { parseRunRecord } from '../../src/shared/run/layout.ts';
import { createRunModel, reduceAll } from '../../src/shared/run/runModel.ts';
import { hashFile, runEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

/** A finished run with earlier checkpoints, and new ones that go on from it. */
let directory: string;
let config: string;
let whole: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fork-'));
  const training = {
    epochs: 5,
    batchSeconds: 3,
    checkpointEverySec: 0.1,
    keepCheckpoints: 100,
    averageLast: 3,
    threads: 1,
  };
  config = writeToneConfig(directory, 5, { training });
  whole = join(directory, 'whole');
  expect(await runEngine('train', config, '--run-dir', whole)).toMatchObject({ code: 0 });
}, 240_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const hashesOf = (run: string) =>
  ['last/model', 'last/optimizer', 'best/model', 'averaged/model'].map((name) =>
    hashFile(run, 'checkpoints', `${name}.safetensors`),
  );
const filesOf = (run: string) =>
  readdirSync(run, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => [file, hashFile(file)]);
const modelOf = (run: string) =>
  reduceAll(createRunModel(), parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8')).events);
const stepsOf = (run: string) => {
  const { history, recent } = modelOf(run);
  return [...history, ...recent].map(({ firstStep }) => firstStep);
};
const earlierSteps = () =>
  readdirSync(join(whole, 'checkpoints'))
    .flatMap((name) => (name.startsWith('step-') ? [Number(name.slice(5))] : []))
    .sort((a, b) => a - b);

it('ends with the weights of the run it goes on from, whose curve it has, and which it leaves alone', async () => {
  const steps = earlierSteps();
  const total = stepsOf(whole).length;
  const before = filesOf(whole);
  const [step, next] = steps.slice((steps.length - 1) >> 1) as [number, number];
  const places: [string, string[]][] = [
    ['by step', ['--from', whole, '--from-step', String(next - 1)]],
    ['from a checkpoint', ['--from', join(whole, 'checkpoints', `step-${step}`)]],
  ];
  for (const [name, from] of places) {
    const run = join(directory, name);
    const { code, stderr } = await runEngine('train', config, '--run-dir', run, ...from);
    expect(code, stderr).toBe(0);
    expect(hashesOf(run)).toEqual(hashesOf(whole));
    expect(stepsOf(run)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    expect(modelOf(run).evaluations.map(({ epoch, wer }) => [epoch, wer])).toEqual(
      modelOf(whole).evaluations.map(({ epoch, wer }) => [epoch, wer]),
    );
    expect(modelOf(run).resumes).toBe(1);
    const record = parseRunRecord(readFileSync(join(run, 'run.json'), 'utf8'));
    expect(record?.from).toEqual({ directory: whole, step });
    for (const each of [1, step, step + 1, total])
      expect(await readStepBatch(run, each)).toEqual(await readStepBatch(whole, each));
    const batch = (await readStepBatch(run, total))!;
    const shares = batch.utterances.map(({ gradientShare }) => gradientShare ?? Number.NaN);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 3);
    expect(await readStepBatch(run, total + 1)).toBeUndefined();
  }
  expect(filesOf(whole)).toEqual(before);
}, 240_000);

it('takes changes of the config, and says what cannot be', async () => {
  const [first] = earlierSteps() as [number];
  const train = (...more: string[]) => runEngine('train', config, '--run-dir', join(directory, 'more'), ...more);
  const refusals: [string[], RegExp][] = [
    [['--from', whole, '--from-step', String(first - 1)], new RegExp(`its checkpoints are of step ${first}, `)],
    [['--from', join(whole, 'checkpoints/epoch-5')], /holds weights alone; no run can go on from it/],
    [['--from', join(whole, 'checkpoints/last'), '--from-step', '1'], /is of step \d+, after 1/],
    [['--from', directory], /neither a run nor a checkpoint/],
    [['--from', whole, '--resume'], /--from begins a new run; leave out --resume/],
    [['--from-step', '1'], /--from-step needs --from <run>/],
    [['--from', whole, '--set', 'model.rnn.hiddenSize=24'], /model changed since the checkpoint.*tensor/],
  ];
  for (const [more, message] of refusals) {
    const { code, stderr } = await train(...more);
    expect([more, code, stderr]).toEqual([more, 1, expect.stringMatching(message)]);
  }
  expect(readdirSync(directory)).not.toContain('more');
  const { code, stderr } = await train(
    '--from',
    whole,
    '--from-step',
    String(first),
    '--set',
    'optimizer.learningRate=0.001',
  );
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('optimizer of the config changed since the checkpoint; the new values count');
}, 240_000);

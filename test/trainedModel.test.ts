import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFields } from '../src/engine/runFields.ts';
import { createRandom } from '../src/shared/random.ts';
import { runEngine } from './faults/engineProcess.ts';
import { writeToneConfig } from './faults/toneCorpus.ts';

/** A model that has learnt the tones, used through the command line as a user would. */
let directory: string;
let run: string;
const dev = () => join(directory, 'dev.jsonl');
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'model-'));
  run = join(directory, 'run');
  const config = writeToneConfig(directory, 25, {
    augment: { speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 1, maxBins: 2 } },
  });
  expect(await runEngine('train', config, '--run-dir', run)).toMatchObject({ code: 0 });
}, 240_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await runEngine(...args, '--json');
  expect(code, stderr).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as T;
}

interface EvaluationDocument {
  wer: number;
  cer: number;
  wordErrors: { words: number };
  interval95: [number, number];
  realTimeFactor: number;
  utterances: { audioFilepath: string; reference: string; hypothesis: string; wer: number }[];
}
interface Transcription {
  audioFilepath: string;
  startSec: number;
  endSec: number;
  text: string;
  words: { text: string; startSec: number; endSec: number; confidence: number }[];
}

describe('a trained model', () => {
  it('recognises utterances it has not heard, and says so in evaluate --json', async () => {
    const result = await json<EvaluationDocument>('evaluate', run, '--manifest', dev());
    expect(result.utterances).toHaveLength(12);
    expect(result.cer).toBeLessThan(0.15);
    expect(result.wordErrors.words).toBe(12);
    expect(result.interval95[0]).toBeLessThanOrEqual(result.wer);
    expect(result.interval95[1]).toBeGreaterThanOrEqual(result.wer);
    const wrong = result.utterances.filter(({ reference, hypothesis }) => reference !== hypothesis).length;
    expect(result.wer).toBeCloseTo(wrong / 12, 10);
  }, 150_000);

  it('evaluates several models as one, by average and by ROVER', async () => {
    const last = join(run, 'checkpoints', 'last');
    type Combined = EvaluationDocument & { model: string; combined: { model: string; wer: number }[] };
    const [alone, together] = [
      await json<EvaluationDocument>('evaluate', run, '--manifest', dev()),
      await json<Combined>('evaluate', run, last, run, '--manifest', dev()),
    ];
    expect(together.combined.map(({ model }) => model)).toEqual([
      join(run, 'checkpoints', 'best'),
      last,
      join(run, 'checkpoints', 'best'),
      'average of the log-probabilities',
      'ROVER of the transcripts',
    ]);
    expect(together.model).toBe('ROVER of the transcripts');
    expect(together.combined[0]!.wer).toBe(alone.wer);
    // Two of the three votes are the same model's.
    expect(together.combined[4]!.wer).toBe(alone.wer);
    const twice = await json<Combined>('evaluate', run, run, '--manifest', dev());
    expect(twice.utterances).toEqual(alone.utterances);
  }, 120_000);

  it('transcribes the recordings it can read, names the others and exits with 1', async () => {
    const lines = readFileSync(dev(), 'utf8').split('\n').slice(0, 2);
    const [first, second] = lines.map((line) => join(directory, JSON.parse(line).audio_filepath));
    const gone = join(directory, 'gone.wav');
    const { code, stdout, stderr } = await runEngine('transcribe', run, first!, gone, second!, '--json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/gone\.wav:1:1: error audio-missing/);
    const heard = JSON.parse(stdout) as Transcription[];
    expect(heard.map(({ audioFilepath }) => audioFilepath)).toEqual([first, second]);
  }, 60_000);

  it('transcribes with word times, whole files and ranges', async () => {
    const { audio_filepath, text } = JSON.parse(readFileSync(dev(), 'utf8').split('\n')[0]!) as Record<string, string>;
    const audio = join(directory, audio_filepath!);
    const [whole] = await json<Transcription[]>('transcribe', run, audio);
    expect(whole!.text).toBe(text);
    expect(whole!.words[0]!.startSec).toBeGreaterThan(0.02);
    expect(whole!.words[0]!.endSec).toBeLessThanOrEqual(whole!.endSec);
    expect(whole!.words[0]!.confidence).toBeGreaterThan(0.4);
    const endSec = 0.05 + 0.15;
    const [first] = await json<Transcription[]>('transcribe', run, audio, '--start', '0.02', '--end', String(endSec));
    expect(first!.startSec).toBe(0.02);
    expect(first!.endSec).toBeCloseTo(endSec, 9);
    expect(first!.text).toBe(text![0]);
  }, 150_000);

  it('is exported with a parity report, and the export is a model like the run', async () => {
    const out = join(directory, 'model.onnx');
    const report = await json<{
      equal: boolean;
      parity: { batch: number; seconds: number; largestDifference: number; sameText: boolean }[];
    }>('export', run, '--out', out);
    expect(report.equal).toBe(true);
    expect(new Set(report.parity.map(({ batch }) => batch))).toEqual(new Set([1, 2, 8]));
    expect(new Set(report.parity.map(({ seconds }) => seconds)).size).toBeGreaterThanOrEqual(3);
    for (const { largestDifference, sameText } of report.parity) {
      expect(sameText).toBe(true);
      expect(largestDifference).toBeLessThan(1e-4);
    }
    const ofRun = await json<EvaluationDocument>('evaluate', run, '--manifest', dev());
    const ofFile = await json<EvaluationDocument>('evaluate', out, '--manifest', dev());
    expect(ofFile.utterances).toEqual(ofRun.utterances);
    const hearing = join(directory, 'hearing.onnx');
    const { stages } = await json<{ stages: { stage: string; largestDifference: number; equal: boolean }[] }>(
      ...['export', run, '--out', hearing, '--frontend', '--opset', '18', '--manifest', dev()],
    );
    expect(stages.map(({ stage, equal }) => [stage, equal])).toEqual([
      ['features', true],
      ['logits', true],
      ['text', true],
    ]);
    expect(stages[0]!.largestDifference).toBeGreaterThan(0);
    const ofWaveform = await json<EvaluationDocument>('evaluate', hearing, '--manifest', dev());
    expect(ofWaveform.utterances).toEqual(ofRun.utterances);
  }, 240_000);

  it('is listed by runs', async () => {
    const [listed] = await json<Record<string, unknown>[]>('runs', directory);
    expect(listed).toMatchObject({ directory: run, state: 'done', pid: null, epoch: 25, epochs: 25, device: 'cpu' });
    expect(listed).toMatchObject({ resumes: 0, note: false, message: null });
    expect(Object.keys(listed!)).toEqual(Object.keys(runFields));
    for (const key of ['createdMs', 'startedMs', 'updatedMs', 'loss', 'wer', 'cer', 'bestEpoch', 'audioSecPerSec'])
      expect(listed![key], key).toBeTypeOf('number');
  }, 120_000);

  it('gives a clear message for what is no model and for audio that is no audio', async () => {
    const notModel = join(directory, 'x.onnx');
    const random = createRandom('bytes');
    writeFileSync(
      notModel,
      Uint8Array.from({ length: 500 }, () => random.below(256)),
    );
    const cases: [string[], RegExp][] = [
      [['transcribe', join(directory, 'nothing'), 'a.wav'], /nothing: there is no such model/],
      [['transcribe', directory, 'a.wav'], /neither a run nor a checkpoint/],
      [['transcribe', notModel, 'a.wav'], /x\.onnx/],
      [['transcribe', run, join(directory, 'gone.wav')], /gone\.wav:1:1: error audio-missing/],
      [['transcribe', run, notModel], /x\.onnx:1:1: error audio-/],
      [['evaluate', run, '--manifest', join(directory, 'gone.jsonl')], /gone\.jsonl/],
      [['export', notModel, '--out', join(directory, 'y.onnx')], /x\.onnx/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await runEngine(...args);
      expect([args.join(' '), code, stderr]).toEqual([args.join(' '), 1, expect.stringMatching(message)]);
    }
  }, 180_000);
});

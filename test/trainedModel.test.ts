import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCtm } from '../src/asr/annotations/ctm.ts';
import { parseTextGrid } from '../src/asr/annotations/textGrid.ts';
import { loadResampler } from '../src/dsp/resample.ts';
import { writeWav } from '../src/dsp/writeWav.ts';
import { openModel } from '../src/engine/model/openModel.ts';
import { createRecognizer } from '../src/engine/model/recognizer.ts';
import { runFields } from '../src/engine/runFields.ts';
import type { EvaluationReport, ModelComparison, ResultCard } from '../src/shared/evaluation/evaluationReport.ts';
import { createRandom } from '../src/shared/random.ts';
import { parseEventLines } from '../src/shared/run/eventLines.ts';
import { readClip } from '../src/training/data/clipReader.ts';
import { callEngine } from './callEngine.ts';
import { answer, type EvaluationDocument, json, linesOf, type Transcription } from './engineAnswers.ts';
import { hashFile, runEngine, runEngineIn, startEngine } from './faults/engineProcess.ts';
import { writeToneConfig } from './faults/toneCorpus.ts';
import { parts, writeLongTones } from './longTones.ts';

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

  it('writes a report whose figures are those of --json, and compares it with that of an earlier commit', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: directory });
    const hostile = '<img src=x onerror=alert(1)>';
    const lines = readFileSync(dev(), 'utf8').trim().split('\n');
    const named = lines.map((line, i) => JSON.stringify({ ...JSON.parse(line), speaker: `${hostile}${i % 6}` }));
    const manifest = join(directory, 'named.jsonl');
    const random = createRandom('paused');
    const paused = Float32Array.from({ length: 8000 }, (_, i) => {
      const tone = i % 4000 < 2000 ? 0.3 * Math.sin((2 * Math.PI * 400 * i) / 8000) : 0;
      return tone + 0.003 * random.normal();
    });
    writeFileSync(join(directory, 'paused.wav'), writeWav([paused], 8000));
    const more = ['paused.wav', 'gone.wav'].map((file) => ({ audio_filepath: file, text: 'a', speaker: 'b' }));
    writeFileSync(manifest, [...named, ...more.map((line) => JSON.stringify(line))].join('\n'));
    const out = join(directory, 'report');
    const document = await json<EvaluationDocument & { card: ResultCard; sentenceErrorRate: number }>(
      ...['evaluate', run, '--manifest', manifest, '--out-dir', out],
    );
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as EvaluationReport;
    expect(report.scores).toMatchObject({ wer: document.wer, cer: document.cer, utterances: 13, skipped: 1 });
    expect(report.scores.interval95).toEqual(document.interval95);
    expect(report.problems).toMatchObject([{ code: 'audio-missing', file: manifest, line: 14 }]);
    expect(report.card).toEqual(document.card);
    const best = join(run, 'checkpoints', 'best');
    expect(report.card.model).toMatchObject({ path: run, source: best, seed: 1 });
    expect(report.card.model.weightsSha256).toBe(hashFile(best, 'model.safetensors'));
    expect(report.card.manifest).toMatchObject({ sha256: hashFile(manifest), utterances: 13, speakers: 7 });
    expect(report.card.runtimeVersion).toMatch(/onnxruntime \d+\.\d+\.\d+/);
    // 20 log10(0.3/√2 ÷ 0.003) = 37 dB; between the tones of the corpus is no pause to hear the noise in.
    expect(report.utterances.map(({ snrDb }) => snrDb !== undefined)).toEqual([...named.map(() => false), true]);
    expect(Math.abs(report.utterances[12]!.snrDb! - 37)).toBeLessThan(1.5);
    const words = report.utterances.flatMap((utterance) => utterance.words);
    for (const { kind, startSec, confidence } of words)
      expect([typeof startSec, typeof confidence]).toEqual(['number', kind === 'deletion' ? 'undefined' : 'number']);
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img src=x onerror=alert(1)&#62;5');

    git('init', '--quiet');
    git('add', 'report/report.json');
    git('commit', '--quiet', '--message', 'Report');
    const compared = await runEngineIn(
      directory,
      'compare',
      'git:HEAD:report/report.json',
      run,
      '--manifest',
      dev(),
      '--json',
    );
    expect(compared.code, compared.stderr).toBe(0);
    expect(compared.stderr).toMatch(/warning compared-data: the reports are of different data/);
    const comparison = JSON.parse(compared.stdout) as ModelComparison;
    expect(comparison.significance).toMatchObject({ p: 1, difference: 0, utterances: 12 });
    expect(comparison.onlyBefore).toEqual(['paused.wav']);
    expect(comparison.utterances.every(({ change }) => change === 'same')).toBe(true);
    for (const [operand, message] of [
      ['git:HEAD:nothing.json', /nothing\.json/],
      ['git:--textconv:a', /expected git:<rev>:<path>/],
      [run, /add --manifest/],
      [join(directory, 'tones.asr.yaml.json'), /there is no such file/],
    ] as const) {
      const { code, error } = await callEngine('compare', operand, out);
      expect([operand, code, error]).toEqual([operand, 1, expect.stringMatching(message)]);
    }
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

  it('is read by beam with a language model, from the run and from its export alike, with alternatives', async () => {
    const model = join(directory, 'words.arpa');
    const trained = await json<{ order: number; ngrams: number[] }>(
      ...['lm', 'train', '--text', join(directory, 'train.jsonl'), '--out', model, '--order', '2'],
    );
    expect(trained.order).toBe(2);
    const beam = ['--manifest', dev(), '--lm', model, '--lm-weight', '0.3', '--beam-width', '12'];
    type Read = EvaluationDocument & {
      decoder: string;
      languageModel: string;
      oracleWer: number;
      utterances: { alternatives: { text: string; score: number }[] }[];
    };
    const ofRun = await json<Read>('evaluate', run, ...beam, '--nbest', '3');
    expect(ofRun).toMatchObject({ decoder: 'beam', languageModel: model });
    expect(ofRun.oracleWer).toBeLessThanOrEqual(ofRun.wer);
    for (const { hypothesis, alternatives } of ofRun.utterances) {
      expect(alternatives.length).toBeGreaterThan(0);
      expect(alternatives[0]!.text).toBe(hypothesis);
    }
    const out = join(directory, 'model.onnx');
    if (!existsSync(out)) await json('export', run, '--out', out);
    const ofFile = await json<Read>('evaluate', out, ...beam, '--nbest', '3');
    expect(ofFile.utterances.map(({ hypothesis }) => hypothesis)).toEqual(
      ofRun.utterances.map(({ hypothesis }) => hypothesis),
    );
    writeFileSync(join(directory, 'torn.arpa'), readFileSync(model, 'utf8').slice(0, 200));
    const torn = await runEngine('evaluate', run, '--manifest', dev(), '--lm', join(directory, 'torn.arpa'));
    expect(torn).toMatchObject({ code: 1, stderr: expect.stringMatching(/torn\.arpa:\d+:1: error arpa/) });
  }, 150_000);

  it('is scored during training as evaluate scores it, where decoding is beam', async () => {
    const config = writeToneConfig(directory, 2, {
      decoding: { type: 'beam', beamWidth: 4, languageModel: 'words.arpa', wordBonus: 1 },
    });
    const other = join(directory, 'beamRun');
    const { code, stderr } = await runEngine('train', config, '--run-dir', other);
    expect(code, stderr).toBe(0);
    const { events } = parseEventLines(readFileSync(join(other, 'events.jsonl'), 'utf8'));
    const best = Math.min(...events.flatMap((event) => (event.kind === 'evaluated' ? [event.wer] : [])));
    const scored = await json<EvaluationDocument & { decoder: string; languageModel: string }>(
      ...['evaluate', other, '--manifest', dev()],
    );
    // The model's path was relative to the config; the checkpoint knows it from anywhere.
    expect(scored).toMatchObject({ decoder: 'beam', languageModel: join(directory, 'words.arpa') });
    expect(scored.wer).toBeCloseTo(best, 10);
    const rates = events.flatMap((event) => (event.kind === 'evaluated' ? [event.cer] : []));
    expect(rates.some((cer) => Math.abs(cer - scored.cer) < 1e-9)).toBe(true);
  }, 150_000);

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

describe('a trained model, on many recordings', () => {
  let long: string;
  let manifest: string;
  beforeAll(() => {
    ({ long, manifest } = writeLongTones(directory));
  });
  it('goes on after a kill, and hears in batches exactly what it hears one by one', async () => {
    const out = join(directory, 'parts-out.jsonl');
    const args = ['transcribe', run, long, '--manifest', manifest, '--out', out, '--threads', '1'];
    const { child, ended } = startEngine(args);
    const some = () => existsSync(out) && statSync(out).size > 0;
    while (child.exitCode === null && !some()) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    const before = linesOf(out).length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(parts);
    // As a machine that lost power would leave it.
    appendFileSync(out, '{"audioFilepath":"long.wav","star');
    expect((await callEngine(...args)).code).toBe(1);
    const report = await answer<{ written: number; before: number }>(...args, '--resume');
    expect(report).toMatchObject({ before, written: parts + 1 - before, failed: 0, recordings: parts + 1 });

    const lines = linesOf(out);
    expect(new Set(lines.map(({ audioFilepath, startSec }) => `${audioFilepath}@${startSec}`)).size).toBe(parts + 1);
    expect(lines).toHaveLength(parts + 1);
    const opened = await openModel(run, () => undefined);
    const recognizer = await createRecognizer(opened, 1);
    const resampler = await loadResampler();
    try {
      const whole = lines.find(({ audioFilepath }) => audioFilepath === long)!;
      const same = await recognizer.recognize(await readClip({ file: long }, 8000, resampler), 0);
      expect(same.text.length).toBeGreaterThan(500);
      expect(whole.text).toBe(same.text);
      expect(whole.words.map(({ startSec }) => startSec)).toEqual(same.words.map(({ startSec }) => startSec));
      const ranges = readFileSync(manifest, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      for (let i = 0; i < parts; i += 50) {
        const { offset, duration } = ranges[i];
        const range = { file: long, offsetSec: offset, durationSec: duration };
        const alone = await recognizer.recognize(await readClip(range, 8000, resampler), offset);
        expect(lines.find(({ audioFilepath, startSec }) => audioFilepath !== long && startSec === offset)!.text).toBe(
          alone.text,
        );
      }
    } finally {
      await recognizer.dispose();
    }
  }, 240_000);

  it('aligns transcripts with the tones they name, and names what cannot be aligned', async () => {
    const hard = join(directory, 'hard.jsonl');
    const impossible = [
      { audio_filepath: 'dev/0.wav', text: 'ab'.repeat(60) },
      { audio_filepath: 'dev/0.wav', text: 'xyz' },
      // Its tones, in a part of a recording: times are those of the recording.
      { audio_filepath: 'dev/0.wav', text: 'a', offset: 0.01, duration: 0.2 },
    ];
    writeFileSync(hard, `${readFileSync(dev(), 'utf8')}${impossible.map((line) => JSON.stringify(line)).join('\n')}\n`);
    const outDir = join(directory, 'aligned');
    const { code, out, error } = await callEngine('align', run, '--manifest', hard, '--out-dir', outDir, '--json');
    expect(code, error).toBe(0);
    expect(error).toMatch(/hard\.jsonl:13:1: error align-infeasible: the transcript needs 120 output frames/);
    expect(error).toMatch(/hard\.jsonl:14:1: error oov/);
    const { utterances, skipped } = JSON.parse(out) as {
      skipped: number;
      utterances: { line: number; words: { text: string; startSec: number; endSec: number }[] }[];
    };
    expect(skipped).toBe(2);
    expect(utterances.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15]);
    const { words, problems } = parseCtm(readFileSync(join(outDir, 'words.ctm'), 'utf8'), 'words.ctm');
    expect(problems).toEqual([]);
    expect(words).toHaveLength(13);
    for (const [i, { audio_filepath, text }] of readFileSync(dev(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .entries()) {
      const [word] = utterances[i]!.words;
      expect(word!.text).toBe(text);
      expect(Math.abs(word!.startSec - 0.05)).toBeLessThan(0.03);
      expect(Math.abs(word!.endSec - (0.02 + 0.15 * text.length))).toBeLessThan(0.03);
      const read = parseTextGrid(readFileSync(join(outDir, `${i}.TextGrid`), 'utf8'), 'x.TextGrid');
      if ('problem' in read) throw new Error(`${audio_filepath}: ${read.problem.message}`);
      const tokens = read.grid.tiers[1]!;
      const named = tokens.kind === 'interval' ? tokens.intervals.filter((interval) => interval.text !== '') : [];
      expect(
        named
          .slice(0, text.length)
          .map((interval) => interval.text)
          .join(''),
      ).toBe(text);
    }
  }, 120_000);

  it('calibrates its confidences, and transcribes with them', async () => {
    const audio = join(directory, 'dev/0.wav');
    const [plain] = await answer<Transcription[]>('transcribe', run, audio);
    const train = join(directory, 'train.jsonl');
    const fitted = await answer<{ file: string; slope: number; intercept: number; words: number; right: number }>(
      'calibrate',
      run,
      '--manifest',
      train,
    );
    expect(fitted.words).toBeGreaterThanOrEqual(50);
    const [calibrated] = await answer<Transcription[]>('transcribe', run, audio);
    const { confidence } = plain!.words[0]!;
    const z = fitted.slope * Math.log(confidence / (1 - confidence)) + fitted.intercept;
    expect(calibrated!.words[0]!.confidence).toBeCloseTo(1 / (1 + Math.exp(-z)), 6);
    expect(calibrated!.text).toBe(plain!.text);
    writeFileSync(fitted.file, 'no calibration');
    const { code, error } = await callEngine('transcribe', run, audio);
    expect([code, error]).toEqual([
      0,
      expect.stringMatching(/calibration\.json:1:1: warning calibration: it is not JSON/),
    ]);
    rmSync(fitted.file);
  }, 120_000);
});

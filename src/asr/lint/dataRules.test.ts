import { expect, test } from 'vitest';
import type { AudioInfo } from '../../dsp/audioFile.ts';
import { UserError } from '../../shared/problem.ts';
import { parseManifest, type Utterance } from '../manifest.ts';
import { createCharTokenizer } from '../tokenizer.ts';
import { type AudioReader, checkData } from './dataRules.ts';
import { checkSplits, type DataSet } from './splitRules.ts';
import type { UtteranceLimits } from './utteranceRules.ts';

const limits: UtteranceLimits = {
  tokenizer: createCharTokenizer({ case: 'upper', keep: "ABCDEFGHIJKLMNOPQRSTUVWXYZ' " }),
  maxDurationSec: 20,
  fastestSpeed: 1.1,
  loss: { ctcWeight: 1 },
  outputFrames: (durationSec, speed) => Math.floor((durationSec * 25) / speed),
};

/** Recordings that are as long as their name says, `3s.wav`. */
const reader: AudioReader = {
  info: ({ audioFilepath }) => {
    const durationSec = Number(/([\d.]+)s/.exec(audioFilepath)?.[1] ?? Number.NaN);
    if (Number.isNaN(durationSec)) {
      return Promise.reject(
        new UserError('gone', [{ code: 'audio-missing', severity: 'error', message: 'there is no such file' }]),
      );
    }
    const sampleRateHz = audioFilepath.startsWith('low') ? 8000 : 16_000;
    const frames = durationSec * sampleRateHz;
    const info: AudioInfo = {
      container: 'riff',
      encoding: 'pcm-s16',
      sampleRateHz,
      channels: 1,
      frames,
      durationSec,
      problems: [],
    };
    return Promise.resolve(info);
  },
};

const utterances = (lines: object[], file = 'train.jsonl'): Utterance[] =>
  parseManifest(lines.map((line) => JSON.stringify(line)).join('\n'), file).utterances;
const check = async (data: Partial<DataSet>, rules = limits) => {
  const report = await checkData({ train: [], dev: [], ...data }, { limits: rules, sampleRateHz: 16_000 }, reader);
  return { ...report, found: report.problems.map(({ code, severity, line }) => `${severity} ${code} ${line ?? '-'}`) };
};

test('good data has no problems and is counted', async () => {
  const { found, usable, durationSec } = await check({
    train: utterances([{ audio_filepath: '3s.wav', text: 'ZERO' }]),
    dev: utterances([{ audio_filepath: '2s.wav', text: 'ONE' }], 'dev.jsonl'),
  });
  expect(found).toEqual([]);
  expect(usable).toEqual({ train: 1, dev: 1 });
  expect(durationSec).toEqual({ train: 3, dev: 2 });
});

test.each([
  ['a missing file', { audio_filepath: 'gone.wav', text: 'A' }, 'error audio-missing', 0],
  ['an empty recording', { audio_filepath: '0s.wav', text: 'A' }, 'error bad-audio', 0],
  ['an empty transcript', { audio_filepath: '1s.wav', text: ' ' }, 'error empty-text', 0],
  ['a character outside the alphabet', { audio_filepath: '1s.wav', text: 'A1' }, 'error oov', 0],
  ['a long recording', { audio_filepath: '21s.wav', text: 'A' }, 'warning too-long', 0],
  ['a recording shorter than a word', { audio_filepath: '0.09s.wav', text: 'A' }, 'warning too-short', 1],
  ['an offset past the end', { audio_filepath: '1s.wav', text: 'A', offset: 2 }, 'error bad-audio', 0],
  ['a duration past the end', { audio_filepath: '1s.wav', text: 'A', duration: 2 }, 'warning duration-mismatch', 1],
  [
    'a duration that is too short',
    { audio_filepath: '3s.wav', text: 'A', duration: 2 },
    'warning duration-mismatch',
    1,
  ],
  [
    'a part past the end',
    { audio_filepath: '3s.wav', text: 'A', offset: 2, duration: 2 },
    'warning duration-mismatch',
    1,
  ],
  ['a low rate', { audio_filepath: 'low1s.wav', text: 'A' }, 'info rate-mismatch', 1],
])('%s is named at its line', async (_, line, expected, usable) => {
  const fine = { audio_filepath: '9s.wav', text: 'FINE' };
  const report = await check({ train: utterances([fine, line]) });
  expect(report.found).toEqual([`${expected} 2`]);
  expect(report.usable.train).toBe(1 + usable);
});

test('a part of a recording has the length of the part', async () => {
  const part = { audio_filepath: '30s.wav', text: 'A', offset: 1, duration: 2 };
  const { found, durationSec } = await check({ train: utterances([part]) });
  expect(found).toEqual([]);
  expect(durationSec.train).toBe(2);
});

test('feasibility is measured at the fastest speed in training, at the recorded speed in development', async () => {
  // "HELLO" needs 6 frames: 0.25 s gives 6, at ×1.1 it gives 5.
  const line = { audio_filepath: '0.25s.wav', text: 'HELLO' };
  const many = Array.from({ length: 200 }, (_, i) => ({ audio_filepath: `${i}/5s.wav`, text: 'A' }));
  const train = await check({ train: utterances([line, ...many]) });
  expect(train.found).toEqual(['warning ctc-infeasible 1']);
  const dev = await check({ dev: utterances([line]) });
  expect(dev.found).toEqual(['error no-utterance -']);
  expect(dev.usable.dev).toBe(1);
});

test('manifests without an utterance are an error: training would stop', async () => {
  const { problems } = await check({});
  expect(problems).toEqual([
    { code: 'no-utterance', severity: 'error', message: 'the training manifests hold no utterance' },
  ]);
});

test('more than 1 % infeasible is an error of the whole set; none usable as well', async () => {
  const line = { audio_filepath: '0.1s.wav', text: 'HELLO' };
  const { found } = await check({ train: utterances([line]) });
  expect(found).toEqual(['warning ctc-infeasible 1', 'error ctc-infeasible -', 'error no-utterance -']);
});

test('what only samples show is asked for and placed', async () => {
  const listening: AudioReader = {
    ...reader,
    listen: () => Promise.resolve({ problems: [{ code: 'audio-silent', severity: 'warning', message: 'silent' }] }),
  };
  const train = utterances([{ audio_filepath: '1s.wav', text: 'A' }]);
  const { problems } = await checkData({ train, dev: [] }, { limits, sampleRateHz: 16_000 }, listening);
  expect(problems).toMatchObject([{ code: 'audio-silent', line: 1, message: '1s.wav: silent' }]);
});

test('a bug of the reader is not blamed on the data', async () => {
  const broken: AudioReader = { info: () => Promise.reject(new TypeError('x is not a function')) };
  const train = utterances([{ audio_filepath: '1s.wav', text: 'A' }]);
  await expect(checkData({ train, dev: [] }, { limits, sampleRateHz: 16_000 }, broken)).rejects.toThrow(TypeError);
});

test('problems come in the order of the manifests, though recordings are read together', async () => {
  const lines = Array.from({ length: 60 }, (_, i) => ({ audio_filepath: `${i}/gone.wav`, text: 'A' }));
  const { problems } = await check({ train: utterances(lines) });
  expect(problems.slice(0, 60).map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
});

test('recordings, speakers and sentences in both splits', () => {
  const train = utterances([
    { audio_filepath: 'a.wav', text: 'YES', speaker: 'x' },
    { audio_filepath: 'b.wav', text: 'NO', speaker: 'y' },
  ]);
  const dev = utterances(
    [
      { audio_filepath: 'a.wav', text: 'MAYBE', speaker: 'z' },
      { audio_filepath: 'c.wav', text: 'YES', speaker: 'y' },
      { audio_filepath: 'd.wav', text: 'OTHER', speaker: 'y' },
    ],
    'dev.jsonl',
  );
  expect(checkSplits({ train, dev }).map(({ code, severity, line }) => [code, severity, line])).toEqual([
    ['split-leak', 'error', 1],
    ['speaker-leak', 'warning', 2],
    ['text-leak', 'info', 1],
  ]);
  const elsewhere = utterances([{ audio_filepath: 'a.wav', text: 'MAYBE' }], 'other/dev.jsonl');
  expect(checkSplits({ train, dev: elsewhere })).toEqual([]);
});

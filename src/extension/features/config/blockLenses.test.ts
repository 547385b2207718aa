import { expect, test } from 'vitest';
import type { DataFacts, ExperimentFacts } from '../../../shared/protocol/analysis.ts';
import { formatCount, type LensFacts, renderBlockLenses } from './blockLenses.ts';

test('counts have three digits and a unit', () => {
  expect([0, 999, 1000, 4_134_567, 999_499, 999_600, 1.2e9].map(formatCount)).toEqual([
    '0',
    '999',
    '1.00 k',
    '4.13 M',
    '999 k',
    '1.00 M',
    '1.20 G',
  ]);
});

const experiment: ExperimentFacts = {
  features: { framesPerSec: 100, windowMs: 25, bins: 80 },
  model: {
    parameters: 4_134_567,
    outputFramesPerSec: 25,
    totalStride: 4,
    receptiveFieldSec: 0.195,
    macsPerSecond: 3.1e9,
    peakMemoryBytes: 0.85 * 2 ** 30,
  },
  augment: {
    timeMasks: 2,
    timeMaskFrames: 10,
    timeMaskMs: 100,
    frequencyMasks: 2,
    frequencyMaskBins: 10,
    bins: 80,
    timeWarpMs: 0,
  },
  schedule: { peakLearningRate: 1e-3, lastLearningRate: 4e-9, endsAtMinimum: true },
};
const data: DataFacts = {
  usable: 844,
  infeasible: 0,
  leftOut: 0,
  fastestSpeed: 1.1,
  durationSec: 2251,
  stepsPerEpoch: 53,
  paddingShare: 0.031,
  peakMemoryBytes: 1.1 * 2 ** 30,
  recording: '/corpus/a.wav',
};
/** Each block as one line, its parts between bars as the editor shows them. */
const linesOf = (facts: Partial<LensFacts>) =>
  Object.fromEntries(
    Object.entries(renderBlockLenses({ runnable: true, ...facts })).map(([block, parts]) => [
      block,
      parts.map(({ title }) => title).join(' | '),
    ]),
  );

test('one line for each block', () => {
  const best = { learningRate: 7e-4, wer: 0.123 };
  const lines = linesOf({ experiment, data, epochTime: { seconds: 48.2, measured: true }, device: 'the CPU', best });
  expect(lines).toEqual({
    data: '844 utterances · 38 min to train on',
    features: '100 frames/s · 25 ms window · 80 values per frame | mel filters | what the model sees',
    augment: 'masks 2 × up to 10 frames (100 ms), 2 × up to 10 of 80 bins',
    model:
      '4.13 M parameters · 25 output frames/s · feasible for 100 % of 844 utterances (fastest speed 1.1) | receptive field 0.20 s | 3.10 G MACs per second · ran on the CPU',
    optimizer: '$(beaker) range test | $(table) sweep | best so far 0.0007 (WER 12.3 %)',
    schedule: '$(graph-line) plot | ends at its lowest rate: yes',
    training: 'peak memory 1.1 GiB · 53 steps per epoch · about 48 s per epoch here (measured) · padding 3 %',
  });
});

test('what is not known yet is said, and nothing else is made up', () => {
  const lines = linesOf({ experiment, dataNote: 'reading headers: 12 of 844', runnable: false });
  expect(lines.data).toBe('reading headers: 12 of 844');
  expect(lines.model).toContain('25 output frames/s · reading headers: 12 of 844 | ');
  expect(lines.training).toBe('peak memory up to 870 MiB · reading headers: 12 of 844');
  expect(lines.optimizer).toBe('');
  expect(Object.values(linesOf({ runnable: false })).join('')).toBe('');
});

test('manifests that cannot be read say so', () => {
  const none = { ...data, usable: 0, durationSec: 0, firstProblem: 'cannot read the manifest: there is no such file' };
  const lines = linesOf({ experiment, data: none });
  expect(lines.data).toBe('nothing to train on: cannot read the manifest: there is no such file');
  expect(lines.model).not.toContain('feasible');
  expect(lines.training).toBe('peak memory up to 870 MiB');
});

test('a share below all is never rounded to all', () => {
  const lines = linesOf({
    experiment,
    data: { ...data, usable: 99_999, infeasible: 1, leftOut: 1, firstProblem: 'x' },
  });
  expect(lines.model).toContain('feasible for 99.9 % of 100000 utterances');
  expect(lines.data).toContain('1 left out: x');
});

test('attention sees all, and a schedule that does not end low says so', () => {
  const lines = linesOf({
    experiment: {
      ...experiment,
      model: { ...experiment.model, receptiveFieldSec: Number.POSITIVE_INFINITY },
      augment: { ...experiment.augment, timeMasks: 0, frequencyMasks: 0, timeWarpMs: 800 },
      schedule: { ...experiment.schedule, endsAtMinimum: false },
    },
  });
  expect(lines.model).toContain('sees the whole utterance');
  expect(lines.augment).toBe('no masks · time warp up to 800 ms');
  expect(lines.schedule).toContain('ends at its lowest rate: no');
});

test('of runs and sweeps the better value is told, of equal ones that of the sweep', () => {
  const swept = { value: '3e-4', wer: 0.1, trials: 9, directory: '/w/runs/s' };
  const told = (best?: { learningRate: number; wer: number }) =>
    renderBlockLenses({ runnable: false, swept, ...(best ? { best } : {}) }).optimizer;
  const ofSweep = [
    { title: 'best so far 3e-4 (WER 10.0 % of 9 trials)', action: { kind: 'showSweep', directory: '/w/runs/s' } },
  ];
  expect(told()).toEqual(ofSweep);
  expect(told({ learningRate: 1e-3, wer: 0.1 })).toEqual(ofSweep);
  expect(told({ learningRate: 1e-3, wer: 0.09 })).toMatchObject([{ title: 'best so far 0.001 (WER 9.0 %)' }]);
});

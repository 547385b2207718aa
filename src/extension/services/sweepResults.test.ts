import { expect, it } from 'vitest';
import type { SweepRecord, SweepTrial } from '../../shared/sweep/sweepRecord.ts';
import { bestValueOf, canResumeSweep, type Sweep, trialSets } from './sweepResults.ts';

function sweep(directory: string, key: string, scores: Record<string, number | null>, more: Partial<SweepRecord> = {}) {
  const trials = Object.entries(scores).map(
    ([value, wer], i): SweepTrial => ({
      ...{ number: i + 1, values: [value], state: 'done', epochs: 4, run: `t${i}`, wers: [], wer, cer: null },
      durationMs: 0,
    }),
  );
  const record: SweepRecord = {
    ...{ version: 1, name: 'tones', configFile: '/w/tones.asr.yaml', createdMs: 1, keys: [{ key, values: [] }] },
    ...{ sets: ['training.epochs=4'], trials },
    ...more,
  };
  return { directory, record, active: false } satisfies Sweep;
}

it('the best value of a key is that of the best trial of all sweeps of the file', () => {
  const sweeps = [
    sweep('/w/runs/a', 'optimizer.learningRate', { '1e-3': 0.4, '3e-3': null }),
    sweep('/w/runs/b', 'optimizer.learningRate', { '7e-4': 0.2 }),
    sweep('/w/runs/c', 'model.dropout', { '0.1': 0.1 }),
    sweep('/w/runs/d', 'optimizer.learningRate', { '9': 0.01 }, { configFile: '/w/other.asr.yaml' }),
  ];
  expect(bestValueOf(sweeps, '/w/x/../tones.asr.yaml', 'optimizer.learningRate')).toEqual({
    ...{ value: '7e-4', wer: 0.2, trials: 2, directory: '/w/runs/b' },
  });
  expect(bestValueOf(sweeps, '/w/tones.asr.yaml', 'model.norm')).toBeUndefined();
});

it('a sweep goes on unless it is done or goes on already; a trial is set by what all share and its values', () => {
  const one = sweep('/w/runs/a', 'model.dropout', { '0.1': null });
  expect(canResumeSweep(one)).toBe(true);
  expect(canResumeSweep({ ...one, active: true })).toBe(false);
  expect(canResumeSweep({ ...one, record: { ...one.record, end: 'done' } })).toBe(false);
  expect(trialSets(one.record, ['0.1'])).toEqual(['training.epochs=4', 'model.dropout=0.1']);
});

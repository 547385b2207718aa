import { expect, it } from 'vitest';
import { sweepDirectoryName, trialDirectoryName } from '../run/layout.ts';
import {
  bestTrial,
  parseSweepRecord,
  renderSweepRecord,
  type SweepRecord,
  type SweepTrial,
  trialName,
} from './sweepRecord.ts';

const trial = (number: number, wer: number | null, more: Partial<SweepTrial> = {}): SweepTrial => ({
  ...{ number, values: [String(number)], state: 'done', epochs: 4, run: `tones-t0${number}`, wers: [], wer },
  ...{ cer: wer, durationMs: 1000 },
  ...more,
});
const record: SweepRecord = {
  ...{ version: 1, name: 'tones', configFile: '/w/tones.asr.yaml', createdMs: 1, sets: [] },
  keys: [{ key: 'model.dropout', values: ['1', '2'] }],
  trials: [trial(1, 0.5), trial(2, null)],
};

it('a record comes back as it was; anything else is none', () => {
  expect(parseSweepRecord(renderSweepRecord(record))).toEqual(record);
  const wrong = [
    '',
    'null',
    '{}',
    renderSweepRecord(record).slice(0, -20),
    JSON.stringify({ ...record, trials: [{}] }),
    JSON.stringify({ ...record, keys: [null] }),
    JSON.stringify({ ...record, trials: [trial(1, 0.5, { run: '../elsewhere' })] }),
    JSON.stringify({ ...record, trials: [trial(1, 0.5, { run: '..' })] }),
    JSON.stringify({ ...record, trials: [trial(1, 0.5, { run: 'a\\b' })] }),
  ];
  for (const text of wrong) expect(parseSweepRecord(text), text).toBeUndefined();
});

it('the best has the lowest WER, then CER, then number', () => {
  expect(bestTrial([trial(1, 0.5), trial(2, 0.3), trial(3, null)])?.number).toBe(2);
  expect(bestTrial([trial(1, 0.5, { cer: 0.4 }), trial(2, 0.5, { cer: 0.2 })])?.number).toBe(2);
  expect(bestTrial([trial(2, 0.5), trial(1, 0.5)])?.number).toBe(1);
  expect(bestTrial([trial(1, null), trial(2, null)])).toBeUndefined();
});

it('trials are called by their values, with as much of the keys as tells them apart', () => {
  const keyed = (...keys: string[]) => keys.map((key) => ({ key, values: [] }));
  expect(trialName(keyed('optimizer.learningRate', 'model.dropout'), ['3e-4', '0.1'])).toBe(
    'learningRate 3e-4, dropout 0.1',
  );
  expect(trialName(keyed('loss.ctcWeight', 'decoding.ctcWeight'), ['1', '2'])).toBe(
    'loss.ctcWeight 1, decoding.ctcWeight 2',
  );
});

it('directories of a sweep and its trials end with the time, as those of runs do', () => {
  const sweep = sweepDirectoryName('an4', Date.UTC(2026, 0, 31, 14, 25, 1));
  expect(sweep).toBe('an4-sweep-20260131T142501Z');
  expect(trialDirectoryName(sweep, 3)).toBe('an4-t03-20260131T142501Z');
  expect(trialDirectoryName(`${sweep}-2`, 12)).toBe('an4-t12-20260131T142501Z-2');
  expect(trialDirectoryName('mine', 1)).toBe('mine-t01');
});

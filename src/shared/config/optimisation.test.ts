import { describe, expect, it } from 'vitest';
import { lintExperiment } from './lintExperiment.ts';
import { optimisationRules } from './optimisationRules.ts';
import { parseExperiment } from './parseExperiment.ts';
import { cycleEndsAround } from './restartCycles.ts';

const data = 'data: { train: [a.jsonl], dev: [b.jsonl] }\n';
const parse = (text: string, start = data) => parseExperiment(start + text, 'x.asr.yaml');
const refusals = (text: string, start = data) =>
  parse(text, start).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
const lint = (text: string) => {
  const parsed = parse(text);
  expect(parsed.problems).toEqual([]);
  return lintExperiment(parsed, 'x.asr.yaml', optimisationRules);
};

describe('configs that cannot work', () => {
  it.each([
    ['optimizer: { type: sgd, momentum: 0, nesterov: true }', '2:48 optimizer.nesterov needs momentum'],
    ['schedule: { type: plateau, minLearningRate: 0.1 }', '2:45 schedule.minLearningRate is 0.1, above optimizer'],
    ['training: { epochs: 3, averageLast: 5 }', '2:37 training.averageLast is 5, more than training.epochs (3)'],
    ['training: { averageBest: 5, emaDecay: 0.9 }', '2:26 training.averageBest and training.emaDecay both average'],
    ['training: { averageBest: 5, averageLast: 5 }', '2:26 training.averageLast and training.averageBest name'],
  ])('%s', (text, message) => {
    expect(refusals(text)).toHaveLength(1);
    expect(refusals(text)[0]).toContain(message);
  });

  it.each(['schedule: { type: plateau }', 'training: { earlyStopEpochs: 2 }', 'training: { averageBest: 2 }'])(
    '%s without a dev set',
    (text) => {
      expect(refusals(text)).toEqual([]);
      const without = refusals(text, 'data: { train: [a.jsonl] }\n');
      expect(without).toHaveLength(1);
      expect(without[0]).toContain('data.dev, which is empty; add a dev manifest');
    },
  );

  it.each([
    'optimizer: { type: sgd, momentum: 0.5, nesterov: true }',
    'schedule: { type: oneCycle, minLearningRate: 0.1 }',
    'training: { epochs: 5, averageLast: 5 }',
    'training: { averageLast: 2 }',
    'training: { emaDecay: 0.999 }',
  ])('%s works', (text) => {
    expect(refusals(text)).toEqual([]);
  });
});

describe('restart-phase', () => {
  const rule = (schedule: string, epochs: number) =>
    lint(`schedule: { type: cosineWarmRestarts, ${schedule} }\ntraining: { epochs: ${epochs} }\n`);

  it('fires in mid-cycle and names the ends around it', () => {
    const [finding, ...more] = rule('t0Epochs: 10, tMult: 2', 100);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'restart-phase', line: 3, fix: { set: { 'training.epochs': '150' } } });
    expect(finding!.message).toContain('cycles end after 70 and 150 epochs');
    expect(rule('t0Epochs: 7, tMult: 1', 20)[0]!.message).toContain('after 14 and 21 epochs');
    expect(rule('t0Epochs: 41', 40)[0]!.message).toContain('the first cycle of cosineWarmRestarts has 41 epochs');
  });

  it('is silent at the end of a cycle and with other schedules', () => {
    for (const epochs of [10, 30, 70, 150]) expect(rule('t0Epochs: 10, tMult: 2', epochs)).toEqual([]);
    expect(rule('t0Epochs: 7, tMult: 1', 21)).toEqual([]);
    expect(lint('training: { epochs: 41 }')).toEqual([]);
  });

  it('counts cycles as their sum', () => {
    expect(cycleEndsAround({ t0Epochs: 2, tMult: 3 }, 8)).toEqual({ before: 8, after: 26 });
    expect(cycleEndsAround({ t0Epochs: 2, tMult: 3 }, 7)).toEqual({ before: 2, after: 8 });
  });
});

describe('unused-key', () => {
  it('names written keys that nothing reads', () => {
    const [finding, ...more] = lint('schedule: { type: constant, warmupFraction: 0.1 }\noptimizer: { momentum: 0.9 }');
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'unused-key', line: 2, severity: 'warning' });
    expect(finding!.message).toContain('schedule.warmupFraction (only schedule oneCycle or warmup reads it)');
    expect(finding!.message).toContain('optimizer.momentum (only optimizer sgd reads it)');
  });

  it('says nothing of defaults, of a preset’s keys, and of keys that are read', () => {
    expect(lint('')).toEqual([]);
    expect(lint('preset: article\nschedule: { type: oneCycle }')).toEqual([]);
    expect(lint('schedule: { type: plateau, factor: 0.3 }\noptimizer: { type: sgd, momentum: 0.8 }')).toEqual([]);
  });
});

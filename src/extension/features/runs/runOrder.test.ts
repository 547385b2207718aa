import { expect, test } from 'vitest';
import { createRunModel } from '../../../shared/run/runModel.ts';
import type { Run } from '../../services/runs.ts';
import { labelOf, sortRuns } from './runOrder.ts';

const run = (minute: number, more: Partial<Run> = {}): Run => ({
  directory: `/w/runs/digits-${minute}`,
  name: 'digits',
  experiment: 'digits',
  configFile: '/w/digits.asr.yaml',
  createdMs: new Date(2026, 0, 31, 14, minute).getTime(),
  model: createRunModel(),
  state: 'done',
  active: false,
  caughtUp: true,
  ...more,
});

test('what goes on comes first, then the newest', () => {
  const runs = [run(1), run(3), run(2, { active: true })];
  expect(sortRuns(runs).map(({ directory }) => directory.slice(-1))).toEqual(['2', '3', '1']);
});

test('a run is called by its name where that tells it from its siblings, else also by its time', () => {
  const [one, two, named] = [run(1), run(2), run(3, { name: 'louder' })];
  expect(labelOf(one, [one], 'en')).toBe('digits');
  expect(labelOf(one, [one, two, named], 'en')).toBe('Jan 31, 14:01');
  expect(labelOf(named, [one, two, named], 'en')).toBe('louder');
  expect(labelOf(one, [one, run(1)], 'en')).toBe('Jan 31, 14:01:00');
});

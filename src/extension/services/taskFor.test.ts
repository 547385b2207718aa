import { expect, test } from 'vitest';
import { engineCommands } from '../../shared/contributions.ts';
import { taskFor } from './taskFor.ts';

test('training goes through the launcher, in the background', () => {
  expect(taskFor({ command: 'train', config: 'exp/an4.asr.yaml', set: ['seed=2'] }, '/logs')).toEqual({
    name: 'train an4.asr.yaml',
    detail: 'asr train exp/an4.asr.yaml --set seed=2',
    script: 'launcher',
    argumentList: ['--output-folder', '/logs', '--', 'train', 'exp/an4.asr.yaml', '--set', 'seed=2'],
    problemMatchers: ['$asr-train'],
    background: true,
    group: 'build',
  });
});

test('so does a sweep', () => {
  const plan = taskFor({ command: 'sweep', config: 'an4.asr.yaml', args: ['--key', 'seed=1,2'] }, '/logs');
  expect(plan).toMatchObject({ name: 'sweep an4.asr.yaml', script: 'launcher', background: true });
  expect(plan.argumentList.slice(2)).toEqual(['--', 'sweep', 'an4.asr.yaml', '--key', 'seed=1,2']);
});

test('following a run starts nothing', () => {
  const plan = taskFor({ command: 'train', attach: '/w/runs/an4-20260131T142501Z' }, '/logs');
  expect(plan.name).toBe('follow an4-20260131T142501Z');
  expect(plan.argumentList).toEqual(['--output-folder', '/logs', '--attach', '/w/runs/an4-20260131T142501Z']);
});

test('every other command runs in the foreground', () => {
  for (const command of engineCommands.filter((name) => name !== 'train' && name !== 'sweep' && name !== 'ensemble')) {
    const plan = taskFor({ command, config: 'c.asr.yaml', model: 'runs/m', args: ['--json'] }, '/logs');
    expect(plan.script).toBe('engine');
    expect(plan.background).toBe(false);
    expect(plan.problemMatchers).toEqual(['$asr']);
    expect(plan.argumentList[0]).toBe(command);
    expect(plan.argumentList.at(-1)).toBe('--json');
  }
});

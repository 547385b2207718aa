import { expect, test } from 'vitest';
import { engineArguments } from './engineArguments.ts';

test('each command gets its operand first', () => {
  expect(engineArguments({ command: 'train', config: 'a b.asr.yaml' })).toEqual(['train', 'a b.asr.yaml']);
  expect(engineArguments({ command: 'evaluate', model: 'runs/x', args: ['--manifest', 'dev.jsonl'] })).toEqual([
    'evaluate',
    'runs/x',
    '--manifest',
    'dev.jsonl',
  ]);
  expect(engineArguments({ command: 'selftest' })).toEqual(['selftest']);
});

test('options of training', () => {
  expect(
    engineArguments({
      command: 'train',
      config: '-x.asr.yaml',
      runDir: 'runs/a',
      resume: true,
      set: ['seed=2', 'name=b'],
    }),
  ).toEqual(['train', './-x.asr.yaml', '--run-dir', 'runs/a', '--resume', '--set', 'seed=2', '--set', 'name=b']);
});

test('a run that goes on from another', () => {
  expect(engineArguments({ command: 'train', config: 'a.asr.yaml', from: 'runs/a', fromStep: 0 })).toEqual([
    'train',
    'a.asr.yaml',
    '--from',
    'runs/a',
    '--from-step',
    '0',
  ]);
});

test('says what is missing', () => {
  expect(() => engineArguments({ command: 'train' })).toThrow('needs "config"');
  expect(() => engineArguments({ command: 'export' })).toThrow('needs "model"');
});

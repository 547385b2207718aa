import { expect, test } from 'vitest';
import { editKey, editKeys } from './editKey.ts';

/** A config with habits of its own, none of which are an edit's to change. */
const own = `# mine

name:   digits   # spaces
data: {train: [ a.jsonl,b.jsonl ]}
features: { hopSamples: 512, mels: 80 }   # flow
model:
    # four spaces
    blocks:
    - {channels: 64, pool: [2,2]}   # first

    - channels: 128
      pool:
      - 2
      - 2
    dropout: 0.3


# the end
`;

/** Lines of `after` that `before` has not, and the other way round. */
function difference(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `-${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `+${line}`),
  ];
}

test.each([
  [
    'features.hopSamples',
    '160',
    ['-features: { hopSamples: 512, mels: 80 }   # flow', '+features: { hopSamples: 160, mels: 80 }   # flow'],
  ],
  [
    'features.reference',
    'fixed',
    [
      '-features: { hopSamples: 512, mels: 80 }   # flow',
      '+features: { hopSamples: 512, mels: 80, reference: fixed }   # flow',
    ],
  ],
  [
    'data.dev',
    '[c.jsonl]',
    ['-data: {train: [ a.jsonl,b.jsonl ]}', '+data: {train: [ a.jsonl,b.jsonl ], dev: [c.jsonl]}'],
  ],
  ['name', 'other', ['-name:   digits   # spaces', '+name:   other   # spaces']],
  [
    'model.blocks.0.pool',
    '[1, 2]',
    ['-    - {channels: 64, pool: [2,2]}   # first', '+    - {channels: 64, pool: [1, 2]}   # first'],
  ],
  ['model.norm', 'layer', ['+    norm: layer']],
  ['model.rnn.layers', '1', ['+    rnn:', '+      layers: 1']],
  ['training.epochs', '3', ['+training:', '+  epochs: 3']],
])('%s changes its own place only', (path, value, expected) => {
  expect(difference(own, editKey(own, path, value))).toEqual(expected);
});

test('a block value becomes one on a line', () => {
  const after = editKey(own, 'model.blocks.1.pool', '[1, 2]');
  expect(after).toContain('- channels: 128\n      pool: [1, 2]\n');
  expect(after).toContain('    dropout: 0.3\n\n\n# the end\n');
});

test.each([
  ['an empty file', '', 'training.epochs', '3', 'training:\n  epochs: 3\n'],
  ['comments alone', '# x', 'seed', '3', '# x\nseed: 3\n'],
  [
    'an empty section',
    'model: # soon\nname: x\n',
    'model.rnn.layers',
    '1',
    'model: # soon\n  rnn:\n    layers: 1\nname: x\n',
  ],
  ['an empty value', 'seed:\nname: x\n', 'seed', '3', 'seed: 3\nname: x\n'],
  ['empty braces', 'model: {}\n', 'model.dropout', '0.1', 'model: { dropout: 0.1 }\n'],
  ['no line break at the end', 'model:\n  dropout: 0.1', 'model.norm', 'none', 'model:\n  dropout: 0.1\n  norm: none'],
  [
    'CRLF',
    'model:\r\n  dropout: 0.1\r\nname: x\r\n',
    'model.norm',
    'none',
    'model:\r\n  dropout: 0.1\r\n  norm: none\r\nname: x\r\n',
  ],
])('%s', (_, before, path, value, after) => {
  expect(editKey(before, path, value)).toBe(after);
});

test('a comment behind the last value of a section stays behind it', () => {
  expect(editKey('model:\n  dropout: 0.1 # much\nname: x\n', 'model.norm', 'none')).toBe(
    'model:\n  dropout: 0.1 # much\n  norm: none\nname: x\n',
  );
});

test('what an alias stands for is written out where it is used', () => {
  const text = 'a: &a { epochs: 3 }\ntraining: *a\n';
  expect(editKey(text, 'name', 'x')).toBe(`${text}name: x\n`);
});

test('a text with errors stays as it is; several keys go in one after another', () => {
  expect(editKey('model: {', 'seed', '1')).toBe('model: {');
  expect(editKeys('seed: 1\n', { seed: '2', name: 'x' })).toBe('seed: 2\nname: x\n');
});

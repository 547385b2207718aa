import { expect, test } from 'vitest';
import { configPlaceAt } from './configPlace.ts';

/** The place of `|` in a text. */
function placeIn(text: string) {
  const lines = text.split('\n');
  const line = lines.findIndex((content) => content.includes('|'));
  const column = lines[line]!.indexOf('|');
  const { section, key, prefix, atKey } = configPlaceAt(
    lines.map((content) => content.replace('|', '')),
    line,
    column,
  );
  return `${section.join('.')}${atKey ? '' : ` ${key} =`} ${prefix}`.trim();
}

test('block sections', () => {
  expect(placeIn('na|')).toBe('na');
  expect(placeIn('model:\n  dro|')).toBe('model dro');
  expect(placeIn('model:\n  norm: |')).toBe('model norm =');
  expect(placeIn('model:\n  rnn:\n    cell: lstm\n    hid|')).toBe('model.rnn hid');
  expect(placeIn('model:\n  rnn: # comment\n    cell: lstm\n  dr|')).toBe('model dr');
  expect(placeIn('model:\n  dropout: 0.1\ntra|')).toBe('tra');
  expect(placeIn('model:\n\n  |')).toBe('model');
  expect(placeIn('name: x\n|')).toBe('');
});

test('lists', () => {
  expect(placeIn('model:\n  blocks:\n    - ch|')).toBe('model.blocks.0 ch');
  expect(placeIn('model:\n  blocks:\n    - channels: 3\n      po|')).toBe('model.blocks.0 po');
  expect(placeIn('model:\n  blocks:\n  - channels: 3\n    pool: [1, 2]\n  - po|')).toBe('model.blocks.0 po');
  expect(placeIn('model:\n  blocks:\n    - channels: 3\n  no|')).toBe('model no');
  expect(placeIn('data:\n  train: [a.jsonl, b|')).toBe('data train = b');
});

test('flow collections, also over several lines', () => {
  expect(placeIn('model: { dropout: 0.1, no|')).toBe('model no');
  expect(placeIn('model: { norm: ba|')).toBe('model norm = ba');
  expect(placeIn('model:\n  rnn: { cell: lstm, hid|')).toBe('model.rnn hid');
  expect(placeIn('model:\n  rnn: {\n    cell: lstm,\n    hid|\n  }')).toBe('model.rnn hid');
  expect(placeIn('model: { blocks: [{ channels: 3, po|')).toBe('model.blocks.0 po');
  expect(placeIn('model: { blocks: [{ channels: 3 }], no|')).toBe('model no');
  expect(placeIn('text: { keep: "{[", ca|')).toBe('text ca');
  expect(placeIn('model: { dropout: 0.1 }\ntext: { case: |')).toBe('text case =');
});

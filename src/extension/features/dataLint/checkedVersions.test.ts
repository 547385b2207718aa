import { expect, test } from 'vitest';
import { createCheckedVersions } from './checkedVersions.ts';

test('a document is current while all that is shown of it was found in its version', () => {
  const checked = createCheckedVersions();
  checked.begin(
    'x.asr.yaml',
    new Map([
      ['m.jsonl', 1],
      ['other.jsonl', 1],
    ]),
  );
  checked.settle('x.asr.yaml');
  expect(checked.isCurrent('m.jsonl', 1)).toBe(true);
  expect(checked.isCurrent('m.jsonl', 2)).toBe(false);
  checked.end('x.asr.yaml', ['m.jsonl']);
  // It is none of the experiment's.
  expect(checked.isCurrent('other.jsonl', 2)).toBe(true);
  expect(checked.targetsOf('m.jsonl')).toEqual(['x.asr.yaml']);
  checked.begin('x.asr.yaml', new Map([['m.jsonl', 2]]));
  // What is shown is still that of the check before.
  expect(checked.isCurrent('m.jsonl', 2)).toBe(false);
  checked.settle('x.asr.yaml');
  expect(checked.isCurrent('m.jsonl', 2)).toBe(true);
  checked.drop('x.asr.yaml');
  expect(checked.targetsOf('m.jsonl')).toEqual([]);
});

import { expect, test } from 'vitest';
import { alignTranscript } from './alignTranscript.ts';

const said = (text: string) =>
  text.split(' ').map((word, i) => ({ text: word, startSec: i + 1, endSec: i + 1.5, confidence: 0.5 }));
const clip = { startSec: 0.5, endSec: 9 };

test('words are compared as they are scored and shown as they are written', () => {
  const { pairs, errors } = alignTranscript('Go  on now Please', said('go in please today'), { case: 'lower' }, clip);
  expect(pairs.map(({ kind, reference, hypothesis }) => [kind, reference, hypothesis])).toEqual([
    ['match', 'Go', 'go'],
    ['deletion', 'on', undefined],
    ['substitution', 'now', 'in'],
    ['match', 'Please', 'please'],
    ['insertion', undefined, 'today'],
  ]);
  expect(errors).toEqual({ substitutions: 1, deletions: 1, insertions: 1, reference: 4 });
  // Between the end of the word before and the start of the one after it.
  expect(pairs[1]).toMatchObject({ startSec: 1.5, endSec: 2 });
  expect(pairs[2]).toMatchObject({ startSec: 2, endSec: 2.5, confidence: 0.5 });
});

test('what was not heard at all lies anywhere in the clip', () => {
  const { pairs, errors } = alignTranscript('yes', [], { case: 'as-is' }, clip);
  expect(pairs).toEqual([{ kind: 'deletion', reference: 'yes', startSec: 0.5, endSec: 9 }]);
  expect(errors.deletions).toBe(1);
});

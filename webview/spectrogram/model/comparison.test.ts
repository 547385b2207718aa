import { describe, expect, it } from 'vitest';
import { compareWords } from './comparison.ts';
import { joinNeighbours, referencesIn, referencesOf, wholeReferences } from './references.ts';

const word = (text: string, startSec: number) => ({ text, startSec, endSec: startSec + 0.4, confidence: 0.9 });
const reference = (text: string, startSec: number, endSec: number) => ({ text, startSec, endSec });
const heard = (startSec: number, endSec: number, ...words: ReturnType<typeof word>[]) => ({
  ...{ startSec, endSec, words, textCase: 'upper' as const },
});
const shown = ({ words }: ReturnType<typeof compareWords>) =>
  words.map(({ kind, text, reference: right }) => `${kind} ${text}/${right}`);

describe('what was heard beside what should have been', () => {
  it('names substitutions, deletions and insertions, compared as they are scored', () => {
    const said = heard(0, 5, word('THE', 1), word('BAT', 1.5), word('SAT', 2), word('UP', 3), word('DOWN', 3.5));
    const found = compareWords(said, [reference('The cat sat', 0.9, 2.5), reference('right down', 2.6, 4)]);
    expect(shown(found)).toEqual([
      'match THE/The',
      'substitution BAT/cat',
      'match SAT/sat',
      'substitution UP/right',
      'match DOWN/down',
    ]);
    expect(found.errors).toEqual({ substitutions: 2, deletions: 0, insertions: 0, reference: 5 });
  });

  it('puts a word that was not heard between its neighbours', () => {
    const { words } = compareWords(heard(0, 4, word('A', 1), word('C', 3)), [reference('a b c', 0.5, 3.5)]);
    expect(words[1]).toMatchObject({ kind: 'deletion', reference: 'b', text: '', startSec: 1.4, endSec: 3 });
    const place = (startSec: number) => ({ startSec, endSec: startSec + 0.2 });
    const known = compareWords(heard(0, 4, word('A', 1), word('C', 3)), [reference('a b c', 0.5, 3.5)], () => [
      ...[place(1), place(2.1), place(3)],
    ]);
    expect(known.words[1]).toMatchObject({ kind: 'deletion', startSec: 2.1, endSec: expect.closeTo(2.3) });
    // Times of another number of words are no times of these.
    const other = compareWords(heard(0, 4, word('A', 1), word('C', 3)), [reference('a b c', 0.5, 3.5)], () => [
      place(1),
    ]);
    expect(other.words[1]).toMatchObject({ startSec: 1.4, endSec: 3 });
  });

  it('leaves alone what lies outside of references, or of one that is there in part only', () => {
    const said = heard(2, 8, word('A', 2.5), word('B', 4.5), word('X', 7));
    const found = compareWords(said, [reference('z a', 0, 3), reference('b', 4.4, 5)]);
    expect(shown(found)).toEqual(['plain A/', 'match B/b', 'plain X/']);
    expect(found.errors).toMatchObject({ reference: 1 });
    expect(compareWords(said, []).errors).toBeUndefined();
    const { textCase: _, ...older } = said;
    expect(shown(compareWords(older, [reference('b', 4.4, 5)]))).toEqual(['plain A/', 'plain B/', 'plain X/']);
  });

  it('takes a word just beside a reference for its', () => {
    const said = heard(0, 5, word('ON', 0.9), word('TOP', 3.8));
    expect(shown(compareWords(said, [reference('on top', 1.2, 3.9)]))).toEqual(['match ON/on', 'match TOP/top']);
  });
});

describe('references', () => {
  const tier = (id: string, role: 'reference' | 'labels', items: [number, number, string][]) => ({
    ...{ id, name: id, role, kind: 'interval' as const, file: '', format: 'textGrid' as const },
    can: { text: true, times: true, items: true },
    items: items.map(([startSec, endSec, text], i) => ({ id: i, startSec, endSec, text })),
  });
  const annotations = {
    ...{ version: 1, dirty: false, problems: [] },
    tiers: [
      tier('marks', 'labels', [[0, 1, 'cough']]),
      tier('one', 'reference', [
        [2, 3, ' b '],
        [0, 1, 'a'],
        [1, 2, ''],
      ]),
      tier('two', 'reference', [[0, 4, 'all']]),
    ],
  };

  it('come from the first such tier, or the one that was chosen', () => {
    expect(referencesOf(annotations, undefined).map(({ text }) => text)).toEqual(['a', 'b']);
    expect(referencesOf(annotations, 'two').map(({ text }) => text)).toEqual(['all']);
    expect(referencesOf(annotations, 'marks').map(({ text }) => text)).toEqual(['a', 'b']);
    expect(referencesOf(undefined, undefined)).toEqual([]);
  });

  it('of words are aligned together, phrases each alone', () => {
    const words = ['a', 'b', 'c'].map((text, i) => reference(text, i, i + 0.9));
    expect(referencesIn(words, { startSec: 0, endSec: 2.5 })).toEqual([reference('a b', 0, 1.9)]);
    expect(joinNeighbours(words)[0]!.members).toEqual(words);
    const phrases = [reference('a b c', 0, 2), reference('d e', 2, 4)];
    expect(referencesIn(phrases, { startSec: 1, endSec: 3 })).toEqual(phrases);
    expect(joinNeighbours([reference('a', 0, 1), reference('b', 3, 4)])).toHaveLength(2);
  });

  it('widen a stretch to their edges, within reason', () => {
    const phrases = [reference('a b c', 0, 5), reference('d e', 6, 9), reference('f g', 20, 90)];
    expect(wholeReferences(phrases, { startSec: 4, endSec: 7 })).toEqual({ startSec: 0, endSec: 9 });
    expect(wholeReferences(phrases, { startSec: 21, endSec: 23 })).toEqual({ startSec: 21, endSec: 23 });
    expect(wholeReferences(phrases, { startSec: 30, endSec: 80 })).toEqual({ startSec: 20, endSec: 90 });
  });
});

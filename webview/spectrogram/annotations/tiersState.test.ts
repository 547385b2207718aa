import { describe, expect, test } from 'vitest';
import type { AnnotationSet, AnnotationTier } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import { describeItem, describeTier, shownText } from './shownText.ts';
import { annotationStringsFor } from './strings.ts';
import { edgesOf, findItem, labelsTier, newItem, tiersShown } from './tiersState.ts';

const all = { text: true, times: true, items: true };
const tier = (id: string, more: Partial<AnnotationTier> = {}): AnnotationTier => ({
  ...{ id, name: id, role: 'labels', kind: 'interval', file: 'a.TextGrid', format: 'textGrid', can: all },
  items: [
    { id: 1, startSec: 1, endSec: 2, text: 'one' },
    { id: 2, startSec: 3, endSec: 4, text: 'two' },
  ],
  ...more,
});
const setOf = (...tiers: AnnotationTier[]): AnnotationSet => ({ version: 1, tiers, dirty: false, problems: [] });

describe('tiers as drawn', () => {
  test('transcripts come first; nothing else changes their order', () => {
    const set = setOf(tier('a'), tier('b', { role: 'reference' }), tier('c'), tier('d', { role: 'reference' }));
    expect(tiersShown(set, undefined, 'labels').map(({ id }) => id)).toEqual(['b', 'd', 'a', 'c']);
    expect(tiersShown(undefined, undefined, 'labels')).toEqual([]);
  });

  test('a draft moves items and adds one, in the order of time; other tiers stay the same objects', () => {
    const set = setOf(tier('a'), tier('b'));
    const changed = new Map([[1, { startSec: 5, endSec: 6 }]]);
    const added = { id: newItem, startSec: 2, endSec: 2.5, text: '' };
    const [drawn, other] = tiersShown(set, { tier: 'a', changed, added }, 'labels');
    expect(drawn!.items.map(({ id, startSec }) => [id, startSec])).toEqual([
      [newItem, 2],
      [2, 3],
      [1, 5],
    ]);
    expect(other).toBe(set.tiers[1]);
    expect(set.tiers[0]!.items[0]!.startSec).toBe(1);
  });

  test('a label without a tier is drawn in one that does not exist yet', () => {
    const added = { id: newItem, startSec: 2, endSec: 2.5, text: '' };
    const drawn = tiersShown(setOf(), { tier: '', changed: new Map(), added }, 'labels');
    expect(drawn).toMatchObject([{ id: '', name: 'labels', items: [added] }]);
    expect(findItem(drawn, { tier: '', item: newItem })?.item).toBe(added);
  });

  test('new labels go to labels that can be added to', () => {
    const closed = tier('x', { can: { ...all, items: false } });
    expect(labelsTier(setOf(tier('r', { role: 'reference' }), closed, tier('p', { kind: 'point' }), tier('l')))).toBe(
      'l',
    );
    expect(labelsTier(setOf(closed))).toBe('');
  });

  test('a selection snaps to every edge, to points once', () => {
    const points = tier('p', { kind: 'point', items: [{ id: 1, startSec: 9, endSec: 9, text: '' }] });
    expect(edgesOf(setOf(tier('a'), points))).toEqual([1, 2, 3, 4, 9]);
  });
});

describe('texts as shown', () => {
  const text = annotationStringsFor('en');
  test('on one line, cut, with characters that act made visible', () => {
    expect(shownText(' two\r\n lines ')).toBe('two lines');
    expect(shownText('\u202egnp\u0000\u001b[31m')).toBe('\\u{202e}gnp\\u{0}\\u{1b}[31m');
    expect(shownText('x'.repeat(10_000))).toHaveLength(201);
    expect(shownText('<b>')).toBe('<b>');
  });

  test('an item is read out with its times, a tier with its file', () => {
    const item = { id: 1, startSec: 1, endSec: 2.5, text: '', confidence: 0.256 };
    expect(describeItem(item, 'interval', text)).toBe('(no text), 0:01.000 – 0:02.500, 26 %');
    expect(describeItem({ ...item, text: 'click' }, 'point', text)).toBe('click, 0:01.000, 26 %');
    expect(describeTier(tier('words', { role: 'reference' }), text)).toBe('words, transcript, a.TextGrid');
    expect(describeTier(tier('new', { file: '' }), text)).toBe('new, labels, not saved yet');
  });
});

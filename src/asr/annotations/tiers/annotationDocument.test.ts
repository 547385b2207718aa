import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../shared/problem.ts';
import type { AnnotationEdit } from '../../../shared/protocol/spectrogramAnnotations.ts';
import {
  type AnnotationDocument,
  applyChange,
  changeOf,
  reverseOf,
  type Tier,
  type TierChange,
} from './annotationDocument.ts';

const durationSec = 10;
const all = { text: true, times: true, items: true };
const words: Tier = {
  ...{ id: 'a', name: 'words', role: 'reference', kind: 'interval', can: all, texts: 'any', named: true, nextItem: 4 },
  items: [
    { id: 1, startSec: 1, endSec: 2, text: 'the quick brown fox' },
    { id: 2, startSec: 2, endSec: 3, text: 'jumps', confidence: 0.5 },
    { id: 3, startSec: 5, endSec: 6, text: 'over' },
  ],
};
const start: AnnotationDocument = { durationSec, tiers: [words] };

function edit(document: AnnotationDocument, ...edits: AnnotationEdit[]): AnnotationDocument {
  return edits.reduce((now, one, n) => applyChange(now, changeOf(now, one, `new${n}`))!, document);
}
const shown = (document: AnnotationDocument, tier = 0) =>
  document.tiers[tier]!.items.map(({ startSec, endSec, text }) => [startSec, endSec, text]);

describe('edits', () => {
  test('a new label stops at its neighbours', () => {
    expect(shown(edit(start, { edit: 'add', tier: 'a', startSec: 2.5, endSec: 9, text: 'NEW' }))[2]).toEqual([
      3,
      5,
      'NEW',
    ]);
    expect(() => edit(start, { edit: 'add', tier: 'a', startSec: 1.2, endSec: 2.8, text: '' })).toThrow('no room');
    const labels = edit(start, { edit: 'add', tier: '', startSec: -5, endSec: 50, text: 'x' });
    expect(labels.tiers[1]).toMatchObject({ id: 'new0', name: 'labels', role: 'labels', kind: 'interval' });
    expect(shown(labels, 1)).toEqual([[0, 10, 'x']]);
  });

  test('a moved label keeps its length, a stretched one stops', () => {
    const move = (item: number, startSec: number, endSec: number) =>
      shown(edit(start, { edit: 'move', tier: 'a', item, startSec, endSec }))[item - 1]!.slice(0, 2);
    expect(move(3, 8, 9)).toEqual([8, 9]);
    expect(move(3, 50, 51)).toEqual([9, 10]);
    expect(move(3, 2.5, 3.5)).toEqual([3, 4]);
    expect(move(2, 1.5, 7)).toEqual([2, 5]);
  });

  test('a boundary moves both labels that touch there', () => {
    const move = (item: number, atSec: number) =>
      shown(edit(start, { edit: 'moveBoundary', tier: 'a', item, atSec })).map(([from, to]) => [from, to]);
    expect(move(1, 2.5)).toEqual([
      [1, 2.5],
      [2.5, 3],
      [5, 6],
    ]);
    expect(move(1, 9)[1]).toEqual([2.999, 3]);
    expect(() => move(2, 4)).toThrow('touches');
  });

  test('a split shares the words by time, a merge takes it back', () => {
    const split = edit(start, { edit: 'split', tier: 'a', item: 1, atSec: 1.45 });
    expect(shown(split).slice(0, 2)).toEqual([
      [1, 1.45, 'the quick'],
      [1.45, 2, 'brown fox'],
    ]);
    expect(shown(edit(split, { edit: 'merge', tier: 'a', item: 1 }))).toEqual(shown(start));
    expect(() => edit(start, { edit: 'merge', tier: 'a', item: 3 })).toThrow(UserError);
  });

  test('what a file cannot hold is refused', () => {
    const tiers = [{ ...words, can: { ...all, times: false, items: false }, texts: 'word' as const, named: false }];
    const refused = (one: AnnotationEdit) => expect(() => edit({ durationSec, tiers }, one)).toThrow(UserError);
    refused({ edit: 'move', tier: 'a', item: 1, startSec: 0, endSec: 1 });
    refused({ edit: 'delete', tier: 'a', item: 1 });
    refused({ edit: 'deleteTier', tier: 'a' });
    refused({ edit: 'renameTier', tier: 'a', name: 'x' });
    refused({ edit: 'rename', tier: 'a', item: 1, text: 'two words' });
    const table = { durationSec, tiers: [{ ...words, texts: 'field' as const }] };
    expect(() => edit(table, { edit: 'rename', tier: 'a', item: 1, text: 'a\tb' })).toThrow('table');
    expect(shown(edit(table, { edit: 'rename', tier: 'a', item: 1, text: 'a\nb, "c"' }))[0]![2]).toBe('a b, "c"');
    refused({ edit: 'rename', tier: 'a', item: 9, text: 'x' });
    refused({ edit: 'rename', tier: 'b', item: 1, text: 'x' });
    expect(() => edit(start, { edit: 'renameTier', tier: 'a', name: '\n' })).toThrow('needs a name');
  });

  const times = fc.double({ min: -2, max: 12, noNaN: true });
  const tier = fc.constantFrom('a', '', 'new0', 'new1', 'new2');
  const item = fc.integer({ min: 1, max: 8 });
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const edits: fc.Arbitrary<AnnotationEdit> = fc.oneof(
    fc.record({ edit: fc.constant('add' as const), tier, startSec: times, endSec: times, text }),
    fc.record({ edit: fc.constant('move' as const), tier, item, startSec: times, endSec: times }),
    fc.record({ edit: fc.constant('moveBoundary' as const), tier, item, atSec: times }),
    fc.record({ edit: fc.constant('split' as const), tier, item, atSec: times }),
    fc.record({ edit: fc.constant('merge' as const), tier, item }),
    fc.record({ edit: fc.constant('rename' as const), tier, item, text }),
    fc.record({ edit: fc.constant('delete' as const), tier, item }),
    fc.record({
      edit: fc.constant('addTier' as const),
      name: text,
      kind: fc.constantFrom('interval' as const, 'point' as const),
    }),
    fc.record({ edit: fc.constant('renameTier' as const), tier, name: text }),
    fc.record({ edit: fc.constant('deleteTier' as const), tier }),
  );

  test('any sequence leaves a sound document, is undone to the same one and done again', () => {
    fc.assert(
      fc.property(fc.array(edits, { maxLength: 30 }), (sequence) => {
        let now = start;
        const changes: TierChange[] = [];
        sequence.forEach((one, n) => {
          try {
            const change = changeOf(now, one, `new${n}`);
            now = applyChange(now, change)!;
            changes.push(change);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
          expectSound(now);
        });
        const after = now;
        for (const change of changes.toReversed()) now = applyChange(now, reverseOf(change))!;
        expect(now).toEqual(start);
        expect(now.tiers[0]).toBe(words);
        for (const change of changes) now = applyChange(now, change)!;
        expect(now).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });

  test('a change of what is no longer there does nothing', () => {
    const change = changeOf(start, { edit: 'delete', tier: 'a', item: 1 }, '');
    expect(applyChange({ durationSec, tiers: [{ ...words }] }, change)).toBeUndefined();
  });
});

function expectSound(document: AnnotationDocument): void {
  expect(new Set(document.tiers.map(({ id }) => id)).size).toBe(document.tiers.length);
  for (const { items, kind, nextItem } of document.tiers) {
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    let reached = 0;
    for (const { id, startSec, endSec } of items) {
      expect(id).toBeLessThan(nextItem);
      expect(startSec).toBeGreaterThanOrEqual(reached);
      expect(endSec).toBeLessThanOrEqual(durationSec);
      if (kind === 'point') expect(endSec).toBe(startSec);
      else expect(endSec).toBeGreaterThan(startSec);
      reached = endSec;
    }
  }
}

import { describe, expect, test } from 'vitest';
import type { AnnotationSource, SourceItem } from '../../../../asr/annotations/sources/source.ts';
import { readTextGridSource } from '../../../../asr/annotations/sources/wholeSources.ts';
import { reverseOf } from '../../../../asr/annotations/tiers/annotationDocument.ts';
import type { AnnotationEdit } from '../../../../shared/protocol/spectrogramAnnotations.ts';
import { adoptSource, forgetFile } from './adoptSource.ts';
import { type AnnotationState, annotationSet, discardEdits, editedFiles, emptyState } from './annotationState.ts';
import { backupOf, restoreBackup } from './backup.ts';
import { makeChange, planEdit, planManifestItem } from './planEdit.ts';
import { markSaved, planSave } from './saveTiers.ts';

const file = '/data/train.jsonl';
const grid = '/data/a.TextGrid';
const item = (startSec: number, text: string): SourceItem => ({
  ...{ startSec, endSec: startSec + 1, text },
  place: { line: startSec + 1, source: `line ${text}` },
});
const can = { text: true, times: true, items: true };
const source = (...items: SourceItem[]): AnnotationSource => ({
  ...{ file, format: 'manifest', problems: [] },
  tiers: [
    {
      ...{ key: 'lines0', name: 'train.jsonl', role: 'reference', kind: 'interval', can, texts: 'any', named: false },
      items,
    },
  ],
});

function opened(...items: SourceItem[]): AnnotationState {
  const state = emptyState(10);
  adoptSource(state, source(...items));
  return state;
}
function edit(state: AnnotationState, one: AnnotationEdit) {
  const change = planEdit(state, one, grid);
  expect(makeChange(state, change)).toBe(true);
  return change;
}
const texts = (state: AnnotationState) => annotationSet(state).tiers.map(({ items }) => items.map(({ text }) => text));

describe('labels of a recording', () => {
  test('are clean until they are edited, and again when that is undone or saved', () => {
    const state = opened(item(0, 'A'), item(2, 'B'));
    expect(annotationSet(state)).toMatchObject({ dirty: false, tiers: [{ id: 'tier1', file: 'train.jsonl' }] });
    const change = edit(state, { edit: 'rename', tier: 'tier1', item: 2, text: 'C' });
    expect(editedFiles(state)).toEqual([file]);
    makeChange(state, reverseOf(change));
    expect(annotationSet(state).dirty).toBe(false);
    makeChange(state, change);
    const plan = planSave(state, file);
    expect(plan.request.tiers[0]!.after).toMatchObject([
      { text: 'A', was: 0 },
      { text: 'C', was: 1 },
    ]);
    edit(state, { edit: 'delete', tier: 'tier1', item: 1 });
    markSaved(state, plan, [{ key: 'lines0', items: [item(0, 'A'), item(2, 'C')] }], {});
    // What was edited while it was being saved is not saved.
    expect(annotationSet(state).dirty).toBe(true);
  });

  test('of a new tier belong to the file that is to hold them', () => {
    const state = opened(item(0, 'A'));
    edit(state, { edit: 'add', tier: '', startSec: 1, endSec: 2, text: 'x' });
    expect(annotationSet(state).tiers[1]).toMatchObject({ name: 'labels', file: '', format: 'new' });
    const plan = planSave(state, grid);
    expect(plan.request).toMatchObject({ file: grid, format: 'textGrid', tiers: [{ changed: true, name: 'labels' }] });
    markSaved(state, plan, [{ key: 'interval labels 1', items: [] }], { text: 'grid' });
    expect(annotationSet(state).tiers[1]).toMatchObject({ file: 'a.TextGrid', format: 'textGrid' });
    expect(annotationSet(state).dirty).toBe(false);
  });

  test('split twice lead back to the line they came from', () => {
    const state = opened(item(0, 'A B C'));
    edit(state, { edit: 'split', tier: 'tier1', item: 1, atSec: 0.5 });
    edit(state, { edit: 'split', tier: 'tier1', item: 2, atSec: 0.75 });
    expect(planSave(state, file).request.tiers[0]!.after!.map(({ was, from }) => [was, from])).toEqual([
      [0, undefined],
      [undefined, 0],
      [undefined, 0],
    ]);
  });

  test('follow their file while they are not edited, and keep their ids', () => {
    const state = opened(item(0, 'A'), item(2, 'B'));
    const tier = state.document.tiers[0];
    adoptSource(state, source(item(0, 'A'), item(2, 'B')));
    expect(state.document.tiers[0]).toBe(tier);
    adoptSource(state, source(item(0, 'new'), item(2, 'B')));
    expect(annotationSet(state).tiers[0]!.items).toMatchObject([
      { id: 3, text: 'new' },
      { id: 2, text: 'B' },
    ]);
    forgetFile(state, file);
    expect(annotationSet(state).tiers).toEqual([]);
  });

  test('that are edited stay when the file changes, and views are told', () => {
    const state = opened(item(0, 'A'), item(2, 'B'));
    const change = edit(state, { edit: 'rename', tier: 'tier1', item: 1, text: 'mine' });
    adoptSource(state, source(item(0, 'theirs'), item(2, 'B')));
    expect(texts(state)).toEqual([['mine', 'B']]);
    expect(annotationSet(state).problems).toMatchObject([{ code: 'annotations-changed', file }]);
    discardEdits(state, file);
    adoptSource(state, source(item(0, 'theirs'), item(2, 'B')));
    expect(texts(state)).toEqual([['theirs', 'B']]);
    expect(annotationSet(state).problems).toEqual([]);
    // An edit of what is no longer there cannot be taken back.
    expect(makeChange(state, reverseOf(change))).toBe(false);
  });

  test('become a line of a manifest where it has room, or a tier of their own', () => {
    const state = opened(item(0, 'A'));
    makeChange(state, planManifestItem(state, file, { startSec: 3, endSec: 4, text: 'B' }));
    makeChange(state, planManifestItem(state, file, { startSec: 0.5, endSec: 2, text: 'C' }));
    expect(texts(state)).toEqual([['A', 'B'], ['C']]);
    expect(planSave(state, file).request.tiers).toMatchObject([
      { before: { key: 'lines0' }, after: [{ was: 0 }, {}] },
      { after: [{ text: 'C' }] },
    ]);
  });

  test('survive a window that is closed', () => {
    const state = opened(item(0, 'A'), item(2, 'B'));
    adoptSource(state, readTextGridSource('"ooTextFile""TextGrid" 0 9 <exists> 0', grid));
    edit(state, { edit: 'rename', tier: 'tier1', item: 1, text: 'mine' });
    edit(state, { edit: 'add', tier: '', startSec: 1, endSec: 2, text: 'x' });
    const restored = restoreBackup(JSON.parse(JSON.stringify(backupOf(state))))!;
    expect(annotationSet(restored)).toEqual({ ...annotationSet(state), version: 1 });
    adoptSource(restored, source(item(0, 'A'), item(2, 'B')));
    expect(texts(restored)).toEqual([['mine', 'B'], ['x']]);
    expect(planSave(restored, file).request).toEqual(planSave(state, file).request);
    discardEdits(restored);
    expect(texts(restored)).toEqual([['A', 'B']]);
    for (const bad of [undefined, 'x', {}, { version: 1, document: { tiers: 3 } }])
      expect(restoreBackup(bad)).toBeUndefined();
  });
});

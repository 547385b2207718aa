import { describe, expect, test } from 'vitest';
import { isAnnotationEdit, isAnnotationSet } from './spectrogramAnnotations.ts';

describe('messages about annotations', () => {
  test('edits have their own parameters', () => {
    expect(isAnnotationEdit({ edit: 'add', tier: '', startSec: 0, endSec: 1, text: '</script>' })).toBe(true);
    expect(isAnnotationEdit({ edit: 'addTier', name: 'phones', kind: 'point' })).toBe(true);
    expect(isAnnotationEdit({ edit: 'moveBoundary', tier: 'a', item: 1, atSec: 0.5 })).toBe(true);
    for (const bad of [
      null,
      'add',
      {},
      { edit: 'constructor' },
      { edit: 'add', tier: '', startSec: 0, endSec: Number.NaN, text: '' },
      { edit: 'move', tier: 'a', item: 1.5, startSec: 0, endSec: 1 },
      { edit: 'addTier', name: 'phones', kind: 'circle' },
    ])
      expect(isAnnotationEdit(bad)).toBe(false);
  });

  test('a set is checked to its items', () => {
    const item = { id: 1, startSec: 0, endSec: 1, text: 'A' };
    const tier = {
      ...{ id: 'a', name: 'words', role: 'reference', kind: 'interval', file: 'a.jsonl', format: 'manifest' },
      can: { text: true, times: true, items: true },
      items: [item],
    };
    const set = { version: 0, tiers: [tier], dirty: false, problems: [] };
    expect(isAnnotationSet(set)).toBe(true);
    expect(isAnnotationSet({ ...set, tiers: [{ ...tier, items: [{ ...item, startSec: 'x' }] }] })).toBe(false);
  });
});

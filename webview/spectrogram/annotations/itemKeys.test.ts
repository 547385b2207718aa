import { describe, expect, test } from 'vitest';
import { actionOf } from '../hand/keyboard.ts';
import { itemActionOf, itemKeyRows } from './itemKeys.ts';

const key = (name: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}) => ({
  ...{ key: name, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
  ...held,
});

describe('keys on an item', () => {
  test('no key means two things', () => {
    const all = itemKeyRows.flatMap(({ keys }) => keys);
    expect(new Set(all).size).toBe(all.length);
  });

  test('undo, redo and save are left to the workbench', () => {
    for (const name of ['z', 'y', 's', 'Z']) {
      expect(itemActionOf(key(name, { ctrlKey: true }))).toBeUndefined();
      expect(itemActionOf(key(name, { metaKey: true, shiftKey: true }))).toBeUndefined();
      expect(actionOf(key(name, { ctrlKey: true, shiftKey: name === 'Z' }))).toBeUndefined();
    }
  });

  test('adding and splitting have the keys that they have on the picture', () => {
    expect([itemActionOf(key('m')), actionOf(key('m'))]).toEqual(['add', 'addLabel']);
    expect([itemActionOf(key('d')), actionOf(key('d'))]).toEqual(['split', 'splitLabel']);
    expect(itemActionOf(key('ArrowLeft', { altKey: true, shiftKey: true }))).toBe('slightlyEarlier');
  });
});

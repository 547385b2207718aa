import { describe, expect, it } from 'vitest';
import { actionOf, keyRows } from './keyboard.ts';

const press = (key: string, modifiers: object = {}) =>
  actionOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...modifiers });

describe('keys', () => {
  it('mean one thing each', () => {
    const all = keyRows.flatMap(({ keys }) => keys);
    expect(new Set(all).size).toBe(all.length);
  });

  it('are told apart by their modifiers', () => {
    expect(press('ArrowLeft')).toBe('left');
    expect(press('ArrowLeft', { shiftKey: true })).toBe('extendLeft');
    expect(press('ArrowLeft', { ctrlKey: true, shiftKey: true })).toBe('extendJumpLeft');
    expect(press('ArrowLeft', { altKey: true })).toBe('back');
    expect(press('ArrowLeft', { altKey: true, shiftKey: true })).toBe('moveSelectionLeft');
    expect(press('a', { metaKey: true })).toBe('selectAll');
    expect(press('+', { shiftKey: true })).toBe('zoomIn');
    expect(press('F')).toBe('zoomToFit');
  });

  it('that belong to the workbench pass through', () => {
    expect(press('p', { ctrlKey: true })).toBeUndefined();
    expect(press('f', { ctrlKey: true })).toBeUndefined();
    expect(press('ArrowLeft', { ctrlKey: true, altKey: true })).toBeUndefined();
    expect(press('f', { altKey: true })).toBeUndefined();
    expect(press('Enter', { ctrlKey: true })).toBeUndefined();
  });
});

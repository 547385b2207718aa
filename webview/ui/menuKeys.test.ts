import { describe, expect, it } from 'vitest';
import { itemAfterKey } from './menuKeys.ts';

const texts = ['Wav', 'Picture', 'Svg', 'Stretch'];
const at = (key: string, current: number, more = {}) =>
  itemAfterKey({ key, ctrlKey: false, metaKey: false, altKey: false, ...more }, texts, current);

describe('keys in a menu', () => {
  it('goes round with the arrows', () => {
    expect([at('ArrowDown', -1), at('ArrowDown', 0), at('ArrowDown', 3)]).toEqual([0, 1, 0]);
    expect([at('ArrowUp', -1), at('ArrowUp', 0), at('ArrowUp', 2)]).toEqual([3, 3, 1]);
    expect([at('Home', 2), at('End', 0)]).toEqual([0, 3]);
  });

  it('goes to the next row with the letter, again from the start', () => {
    expect([at('s', -1), at('s', 2), at('S', 3), at('p', 3)]).toEqual([2, 3, 2, 1]);
    expect(at('x', 0)).toBeUndefined();
  });

  it('leaves other keys alone', () => {
    expect([at(' ', 0), at('Enter', 0), at('s', 0, { ctrlKey: true })]).toEqual([undefined, undefined, undefined]);
    expect(itemAfterKey({ key: 'End', ctrlKey: false, metaKey: false, altKey: false }, [], 0)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { clampSelection, extendTo, setEdge, stretchOf } from './selection.ts';

describe('selection', () => {
  it('reaches either way from where it was begun', () => {
    const begun = extendTo(undefined, 2, 3);
    expect(stretchOf(begun)).toEqual({ startSec: 2, endSec: 3 });
    expect(stretchOf(extendTo(begun, 9, 1))).toEqual({ startSec: 1, endSec: 2 });
    expect(stretchOf(extendTo(begun, 9, 2))).toBeUndefined();
  });

  it('has edges that can be set apart, and never turns round', () => {
    const start = setEdge(undefined, 'start', 2, 10);
    expect(stretchOf(start)).toEqual({ startSec: 2, endSec: 10 });
    const both = setEdge(start, 'end', 5, 10);
    expect(stretchOf(both)).toEqual({ startSec: 2, endSec: 5 });
    expect(stretchOf(setEdge(both, 'start', 7, 10))).toEqual({ startSec: 7, endSec: 10 });
    expect(stretchOf(setEdge(both, 'end', 1, 10))).toEqual({ startSec: 0, endSec: 1 });
  });

  it('stays inside the clip', () => {
    expect(clampSelection({ anchorSec: -1, headSec: 99 }, 10)).toEqual({ anchorSec: 0, headSec: 10 });
    expect(clampSelection({ anchorSec: 11, headSec: 99 }, 10)).toBeUndefined();
  });
});

import { expect, it } from 'vitest';
import { initialState, restoreState } from './viewState.ts';

it('comes back as it was kept, and begins anew from anything else', () => {
  const kept = { directory: '/w/runs/a', order: { column: 'key1', descending: true }, chosen: [2, 1] };
  expect(restoreState(kept)).toEqual(kept);
  for (const wrong of [
    undefined,
    {},
    { ...kept, chosen: 'all' },
    { ...kept, order: { column: 'x', descending: true } },
  ])
    expect(restoreState(wrong)).toBe(initialState);
});

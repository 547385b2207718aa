import { expect, test } from 'vitest';
import { readTorchFixture } from '../../../test/numeric/torchFixture.ts';
import { initialLossScale, type LossScale, nextLossScale } from './gradScaler.ts';

interface Case {
  steps: number;
  overflows: number[];
  initialScale: number;
  /** Step after which the scale changed, and to what. */
  changes: [number, number][];
  skipped: number[];
  finalScale: number;
  finalTracker: number;
}

const { cases } = readTorchFixture<{ cases: Case[] }>('gradScaler');

test.each(cases)('the scale follows GradScaler over $steps steps from $initialScale', (item) => {
  const overflows = new Set(item.overflows);
  let state: LossScale = { scale: item.initialScale, goodSteps: 0 };
  const changes: [number, number][] = [];
  for (let step = 0; step < item.steps; step++) {
    const next = nextLossScale(state, !overflows.has(step));
    if (next.scale !== state.scale) changes.push([step, next.scale]);
    state = next;
  }
  expect(changes).toEqual(item.changes);
  expect(item.skipped).toEqual(item.overflows);
  expect(state).toEqual({ scale: item.finalScale, goodSteps: item.finalTracker });
});

test('begins where GradScaler begins', () => {
  expect(initialLossScale()).toEqual({ scale: cases[0]!.initialScale, goodSteps: 0 });
});

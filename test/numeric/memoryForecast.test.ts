import { expect, test } from 'vitest';
import { compareMemory, memoryGrid } from '../../bench/memory.ts';

/** Peaks vary by a few per cent between runs, with how the heap's holes fall; the forecast is of no use beyond this. */
const tolerance = 0.15;

test.skipIf(process.platform !== 'linux').each([
  ['small', { rows: 8, frames: 248, maxTokens: 32 }],
  ['gru', { rows: 4, frames: 400, maxTokens: 48 }],
  ['conformer', { rows: 8, frames: 400, maxTokens: 48 }],
])(
  'the forecast of %s is the measured peak',
  (name, shape) => {
    const { forecast, measured } = compareMemory(memoryGrid[name]!.experiment, [shape], 2);
    expect(Math.abs(forecast / measured - 1)).toBeLessThan(tolerance);
  },
  180_000,
);

test.skipIf(process.platform !== 'linux')(
  'the forecast of a run with many batch shapes is the measured peak',
  () => {
    const { experiment, shapes } = memoryGrid.run!;
    const few = shapes.filter((_, i) => i % 3 === 0);
    const { forecast, measured } = compareMemory(experiment, few, 1);
    expect(Math.abs(forecast / measured - 1)).toBeLessThan(tolerance);
  },
  180_000,
);

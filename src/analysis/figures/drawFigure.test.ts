import { expect, test } from 'vitest';
import { experimentSchema } from '../../shared/config/schema.ts';
import { drawnKinds, type Figure } from '../../shared/protocol/figure.ts';
import { drawFigure } from './drawFigure.ts';

const experiment = (more: object = {}) => experimentSchema.parse({ data: { train: ['a'] }, ...more });
const cells = ({ table }: Figure) => table.rows.map((row) => row.map(({ text }) => text));

test.each(drawnKinds)('%s has a table as wide as its head, and finite points', (kind) => {
  for (const more of [
    {},
    { model: { type: 'conformer' } },
    { features: { type: 'fbank' } },
    { training: { epochs: 1 } },
  ]) {
    const { table, plot, summary } = drawFigure(kind, experiment(more), 7);
    expect(summary).toMatch(/\.$/);
    expect(table.rows.length).toBeGreaterThan(0);
    for (const row of table.rows) expect(row.length).toBe(table.columns.length);
    expect(plot?.lines.flat(2).every(Number.isFinite) ?? true).toBe(true);
  }
});

test('hop and stride of the experiment are marked, also where they are unusual', () => {
  const model = { blocks: [{ channels: 8, pool: [3, 2] }] };
  const { table } = drawFigure('frameRates', experiment({ features: { hopSamples: 130 }, model }));
  const current = table.rows.flatMap((row) => row.filter((cell) => cell.current));
  expect(current.map(({ text }) => text)).toEqual([(16_000 / 130 / 3).toFixed(1)]);
  expect(table.columns).toContain('stride 3');
  // English at × 1.1 needs 16 frames: 10 ms with a stride of 8 has 12.5.
  expect(table.rows.find(([hop]) => hop!.text.startsWith('10 ms'))!.at(-1)).toMatchObject({ text: '12.5', bad: true });
});

test('without CTC no frame rate is too low', () => {
  const more = { model: { attention: { enabled: true } }, loss: { ctcWeight: 0 }, decoding: { type: 'attention' } };
  expect(
    drawFigure('frameRates', experiment(more))
      .table.rows.flat()
      .some(({ bad }) => bad),
  ).toBe(false);
});

test('the receptive field grows as counted by hand', () => {
  // 3 × 3 filters at strides 1, 2 and 4, pools of 2, 2 and 1, a window of 25 ms.
  const spans = [25, 45, 55, 95, 115, 195, 195].map((ms) => `${ms} ms`);
  expect(cells(drawFigure('receptiveField', experiment())).map(([, span]) => span)).toEqual(spans);
});

test('bands that hold no bin are named', () => {
  const { summary, table } = drawFigure('melFilters', experiment({ features: { fftSize: 128, windowSamples: 128 } }));
  expect(summary).toContain('14 of them hold no bin');
  expect(table.rows.filter((row) => row.some(({ bad }) => bad))).toHaveLength(14);
});

test('the table of the schedule has the rates at the ends of epochs', () => {
  const schedule = { type: 'cosineWarmRestarts', t0Epochs: 2, tMult: 1, per: 'epoch' };
  const rows = cells(drawFigure('schedule', experiment({ schedule, training: { epochs: 4 } }), 5));
  expect(rows).toEqual([
    ['1', '0.001'],
    ['2', '0.0005'],
    ['3', '0.001'],
    ['4', '0.0005'],
  ]);
});

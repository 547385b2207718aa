import { describe, expect, test } from 'vitest';
import { renderTextGrid, type TextGrid } from '../textGrid.ts';
import { saveTextGrid } from './saveTextGrid.ts';
import { readTextGridSource, readTextSource } from './wholeSources.ts';

const span = { startSec: 0, endSec: 3 };
const grid: TextGrid = {
  ...span,
  tiers: [
    {
      ...{ kind: 'interval', name: 'words', ...span },
      intervals: [
        { startSec: 0, endSec: 1, text: '' },
        { startSec: 1, endSec: 2, text: 'A' },
        { startSec: 2, endSec: 3, text: '' },
      ],
    },
    { kind: 'point', name: 'bell', ...span, points: [{ timeSec: 1, text: 'ding' }] },
  ],
};
const text = renderTextGrid(grid, 'short');
const source = readTextGridSource(text, 'x/a.TextGrid');
const [words, bell] = source.tiers as [(typeof source.tiers)[0], (typeof source.tiers)[0]];
const kept = (tier: typeof words) => ({ before: tier, after: tier, changed: false });
const after = { ...words, items: [{ startSec: 0.5, endSec: 2, text: '</script>\u0007' }] };

describe('the tiers of a TextGrid', () => {
  test('silence is no label', () => {
    expect(source.tiers.map(({ key, role, items }) => [key, role, items])).toEqual([
      ['interval words 1', 'reference', [{ startSec: 1, endSec: 2, text: 'A' }]],
      ['point bell 1', 'labels', [{ startSec: 1, endSec: 1, text: 'ding' }]],
    ]);
  });

  test('only what was changed is written', () => {
    expect(saveTextGrid(text, [kept(words), kept(bell)], 3)).toEqual({
      text,
      keys: ['interval words 1', 'point bell 1'],
    });
    const saved = saveTextGrid(text, [{ before: words, after, changed: true }, kept(bell)], 3);
    expect(saved).toMatchObject({
      text: expect.stringContaining('0\n0.5\n""\n0.5\n2\n"</script>\u0007"\n2\n3\n""\n"TextTier"'),
    });
    const fresh = { before: undefined, after: { ...after, name: 'labels' }, changed: true };
    const added = saveTextGrid(text, [{ before: words, after: undefined, changed: true }, kept(bell), fresh], 3);
    expect(added).toMatchObject({ keys: [undefined, 'point bell 1', 'interval labels 1'] });
    expect('text' in added && readTextGridSource(added.text, 'x').tiers.map(({ name }) => name)).toEqual([
      'bell',
      'labels',
    ]);
    expect(saveTextGrid(undefined, [fresh], 3)).toMatchObject({ text: expect.stringContaining('xmax = 3 ') });
  });

  test('what somebody else changed is kept, or told', () => {
    const theirs = text.replace('"ding"', '"dong"');
    const change = { before: words, after, changed: true };
    expect(saveTextGrid(theirs, [change, kept(bell)], 3)).toMatchObject({ text: expect.stringContaining('"dong"') });
    const both = theirs.replace('"A"', '"B"');
    expect(saveTextGrid(both, [change], 3)).toMatchObject({ conflict: expect.stringContaining('words') });
    expect(saveTextGrid(both, [change], 3, true)).toMatchObject({ text: expect.stringContaining('</script>') });
  });

  test('a grid out of order is shown and not changed', () => {
    const broken = readTextGridSource(
      text.replace('1\n2\n"A"', '1\n2\n"A"').replace('0\n1\n""', '0\n1.5\n"X"'),
      'x/a.TextGrid',
    );
    expect(broken.tiers[0]!.can).toEqual({ text: false, times: false, items: false });
    expect(broken.problems).toMatchObject([{ code: 'textgrid-order', line: 8 }]);
  });
});

test('a transcript beside its recording', () => {
  expect(readTextSource('\n hello\tworld \r\n', 'x/a.txt', { stem: 'a', durationSec: 2 })!.tiers[0]!.items).toEqual([
    { startSec: 0, endSec: 2, text: 'hello\tworld' },
  ]);
  expect(readTextSource(' \n', 'x/a.txt', { stem: 'a', durationSec: 2 })).toBeUndefined();
});

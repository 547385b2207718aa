import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberedLines } from '../../documents/dataDocument.ts';
import { renderTextGrid } from '../textGrid.ts';
import type { LineFormatName } from './lineFormats.ts';
import { looksLikeAudacity, readAudacitySource, readCtmSource, readManifestLines } from './lineSources.ts';
import { saveLines } from './saveLines.ts';
import { saveTextGrid } from './saveTextGrid.ts';
import type { AnnotationSource } from './source.ts';
import { readTextGridSource } from './wholeSources.ts';

const facts = { stem: 'a', durationSec: 10 };
const span = { startSec: 0, endSec: 3 };
const grid = renderTextGrid(
  {
    ...span,
    tiers: [
      {
        ...span,
        kind: 'interval',
        name: 'w "x"',
        intervals: [
          { startSec: 0, endSec: 1.5, text: 'A' },
          { startSec: 1.5, endSec: 3, text: '' },
        ],
      },
      { ...span, kind: 'point', name: 'p', points: [{ timeSec: 1, text: '' }] },
    ],
  },
  'short',
);
const samples = [
  '{"audio_filepath": "a.wav", "text": "x\\u00e9", "offset": 1, "duration": 2, "deep": {"a": [1, "}"]}}\n{"audio_filepath":"a.wav","text":"y"}',
  'a 1 0.5 0.25 ONE 0.5\r\n;; c\r\na 2 1 1 TWO\r\n',
  '0.5\t1.25\tone\n\\\t100\t200\n2\t2\tclick\n',
  grid,
];
/** Texts of the formats, and what becomes of them when some of it is cut out, doubled or overwritten. */
const mutated = fc
  .tuple(
    fc.constantFrom(...samples),
    fc.array(fc.tuple(fc.nat(400), fc.nat(12), fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 4 }),
  )
  .map(([text, cuts]) => cuts.reduce((now, [at, length, by]) => now.slice(0, at) + by + now.slice(at + length), text));
const label = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '</script><img src=x onerror=1>',
    '\u202eabc\u0000\u001b[31m',
    '"}\n{"audio_filepath": "b.wav"',
    'x'.repeat(10_000),
  ),
);

test('whatever a file holds is read or passed over, and an edit of it reads back', () => {
  fc.assert(
    fc.property(mutated, label, (text, to) => {
      const manifest = readManifestLines(numberedLines(text), 'x.jsonl', facts, (path) => path === 'a.wav');
      const ctm = readCtmSource(text, 'x.ctm', facts);
      const audacity = looksLikeAudacity(text) ? readAudacitySource(text, 'x.txt') : undefined;
      if (manifest)
        expectEdit(manifest, text, to, (again) =>
          readManifestLines(numberedLines(again), 'x.jsonl', facts, (path) => path === 'a.wav'),
        );
      if (ctm) expectEdit(ctm, text, to.replace(/\s/gu, '') || 'x', (again) => readCtmSource(again, 'x.ctm', facts));
      if (audacity)
        expectEdit(audacity, text, to.replace(/[\r\n]/g, ' '), (again) => readAudacitySource(again, 'x.txt'));
      expectGridEdit(text, to);
    }),
    { numRuns: 400 },
  );
});

function expectEdit(
  source: AnnotationSource,
  text: string,
  to: string,
  read: (text: string) => AnnotationSource | undefined,
): void {
  const tiers = source.tiers.map(({ items }) => ({
    before: items,
    after: items.map(({ place: _, ...item }, was) => ({ ...item, was })),
  }));
  const format = source.format as LineFormatName;
  const same = saveLines(text, format, tiers, { audioPath: 'a.wav', stem: 'a' });
  expect(same).toMatchObject({ text });
  const [first] = tiers[0]?.after ?? [];
  if (!first || text.startsWith('\uFEFF')) return;
  first.text = to;
  const saved = saveLines(text, format, tiers, { audioPath: 'a.wav', stem: 'a' });
  const again = 'text' in saved ? read(saved.text) : undefined;
  expect(again?.tiers.flatMap(({ items }) => items.map((item) => item.text))).toContain(to);
}

function expectGridEdit(text: string, to: string): void {
  const source = readTextGridSource(text, 'x.TextGrid');
  const at = source.tiers.findIndex(({ items, can }) => items.length > 0 && can.text);
  if (at < 0 || to.trim() === '') return;
  const tiers = source.tiers.map((before, i) => ({
    ...{ before, changed: i === at },
    after: { ...before, items: before.items.map((item, j) => (i === at && j === 0 ? { ...item, text: to } : item)) },
  }));
  const saved = saveTextGrid(text, tiers, 10);
  const again = readTextGridSource('text' in saved ? saved.text : '', 'x.TextGrid').tiers;
  expect(again[at]?.items[0]?.text).toBe(to);
  expect(again.filter((_, i) => i !== at)).toEqual(source.tiers.filter((_, i) => i !== at));
}

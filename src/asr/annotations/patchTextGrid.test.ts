import { describe, expect, test } from 'vitest';
import { decodeText, encodeText } from './decodeText.ts';
import { type LocatedTextGrid, locateTextGrid } from './locateTextGrid.ts';
import { patchTextGrid } from './patchTextGrid.ts';
import { parseTextGrid, renderTextGrid, type TextGrid, type TextGridTier } from './textGrid.ts';

const span = { startSec: 0, endSec: 2.5 };
const words: TextGridTier = { kind: 'interval', name: 'words', ...span, intervals: [{ ...span, text: 'a "b"\nc' }] };
const bell: TextGridTier = { kind: 'point', name: 'bell', ...span, points: [{ timeSec: 1.5, text: 'ding' }] };
const grid: TextGrid = { ...span, tiers: [words, bell] };
const changed: TextGridTier = { ...words, intervals: [{ ...span, text: 'X' }] };
const located = (text: string) => locateTextGrid(text, 'a.TextGrid') as LocatedTextGrid;
const patched = (text: string, wanted: (number | TextGridTier)[]) => patchTextGrid(text, located(text), wanted);

describe('a patched TextGrid', () => {
  test.each(['long', 'short'] as const)('is what would be written, in its %s form and with its line breaks', (form) => {
    for (const newline of ['\n', '\r\n']) {
      const text = renderTextGrid(grid, form, newline);
      const whole = (tiers: TextGridTier[]) => renderTextGrid({ ...grid, tiers }, form, newline);
      expect(patched(text, [0, 1])).toBe(text);
      expect(patched(text, [changed, 1])).toBe(whole([changed, bell]));
      expect(patched(text, [0, { ...bell, name: 'x' }])).toBe(whole([words, { ...bell, name: 'x' }]));
      expect(patched(text, [0, 1, changed, bell])).toBe(whole([words, bell, changed, bell]));
      expect(patched(text, [0, { ...bell, points: [] }, changed])).toBe(
        whole([words, { ...bell, points: [] }, changed]),
      );
      expect(patched(text, [1])).toBe(whole([bell]));
      expect(patched(text, [])).toBe(whole([]));
      expect(patched(whole([]), [words])).toBe(whole([words]));
    }
  });

  test('keeps every byte of the tiers that stay', () => {
    const text = `"ooTextFile"
"TextGrid"
0 2.5000 ! Time domain.
<exists>
2 tiers
"IntervalTier" named "Mary" From 0 to 2.50 seconds 1 interval coming
0 2.5 "" ! silence
"TextTier" "bell" 0 2.5 1 1.500 "say ""ding"""`;
    const after = patched(text, [changed, 1, bell]);
    expect(after).toContain('! Time domain.\n<exists>\n3 tiers\n"IntervalTier"\n"words"');
    expect(after).toContain('"X" ! silence\n"TextTier" "bell" 0 2.5 1 1.500 "say ""ding"""\n"TextTier"');
    expect(parseTextGrid(after, 'a.TextGrid')).toMatchObject({ grid: { tiers: [changed, { name: 'bell' }, bell] } });
  });

  test('holds hours of phones', () => {
    const intervals = Array.from({ length: 50_000 }, (_, i) => ({ startSec: i, endSec: i + 1, text: 'p' }));
    const phones: TextGridTier = { kind: 'interval', name: 'phones', startSec: 0, endSec: 50_000, intervals };
    const text = renderTextGrid({ startSec: 0, endSec: 50_000, tiers: [words, phones] });
    expect(patched(text, [words, { ...phones }])).toBe(text);
  });

  test('the texts of its items are found', () => {
    const text = renderTextGrid(grid);
    const { from, to } = located(text).tiers[0]!.texts[0]!;
    expect(text.slice(from, to)).toBe('"a ""b""\nc"');
  });
});

test('encodings come back as they were', () => {
  for (const encoding of ['utf8', 'utf8bom', 'utf16', 'utf16le'] as const) {
    const bytes = encodeText('Größe 🎉', encoding);
    expect(decodeText(bytes)).toEqual({ text: 'Größe 🎉', encoding });
  }
  expect(decodeText(Uint8Array.from([0x47, 0x72, 0xf6]))).toMatchObject({ lossy: true });
});

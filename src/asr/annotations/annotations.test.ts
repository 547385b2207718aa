import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCtm, renderCtm } from './ctm.ts';
import { decodeText, encodeText } from './decodeText.ts';
import { fillTier, parseTextGrid, renderTextGrid, type TextGrid } from './textGrid.ts';

const seconds = fc.double({ min: 0, max: 1e4, noNaN: true }).map((sec) => sec + 0);
const label = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('"', ' ', '!', '<', '>', '\n', '1', '='), maxLength: 12 }),
);
const span = { startSec: seconds, endSec: seconds };
const grids: fc.Arbitrary<TextGrid> = fc.record({
  startSec: fc.constant(0),
  endSec: seconds,
  tiers: fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('interval' as const),
        name: label,
        ...span,
        intervals: fc.array(fc.record({ ...span, text: label }), { maxLength: 4 }),
      }),
      fc.record({
        kind: fc.constant('point' as const),
        name: label,
        ...span,
        points: fc.array(fc.record({ timeSec: seconds, text: label }), { maxLength: 4 }),
      }),
    ),
    { maxLength: 3 },
  ),
});

describe('TextGrid', () => {
  test('any grid comes back from either form in either encoding', () => {
    fc.assert(
      fc.property(grids, fc.constantFrom('long', 'short'), fc.constantFrom('utf8', 'utf16'), (grid, form, encoding) => {
        const read = decodeText(encodeText(renderTextGrid(grid, form), encoding));
        expect(read.encoding).toBe(encoding);
        expect(parseTextGrid(read.text, 'a.TextGrid')).toEqual({ grid });
      }),
      { numRuns: 200 },
    );
  });

  // Of the Praat manual, "TextGrid file formats": the same grid in its three layouts.
  const mary: TextGrid = {
    startSec: 0,
    endSec: 2.3,
    tiers: [
      { kind: 'interval', name: 'Mary', startSec: 0, endSec: 2.3, intervals: [{ startSec: 0, endSec: 2.3, text: '' }] },
      { kind: 'point', name: 'bell', startSec: 0, endSec: 2.3, points: [{ timeSec: 1.5, text: 'say "ding"' }] },
    ],
  };
  const long = `File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0 
xmax = 2.3 
tiers? <exists> 
size = 2 
item []: 
    item [1]:
        class = "IntervalTier" 
        name = "Mary" 
        xmin = 0 
        xmax = 2.3 
        intervals: size = 1 
        intervals [1]:
            xmin = 0 
            xmax = 2.3 
            text = "" 
    item [2]:
        class = "TextTier" 
        name = "bell" 
        xmin = 0 
        xmax = 2.3 
        points: size = 1 
        points [1]:
            number = 1.5 
            mark = "say ""ding""" 
`;
  const free = `"ooTextFile"
"TextGrid"
0 2.3 ! Time domain.
<exists>
2 tiers
"IntervalTier" named "Mary" ! a "comment" with 12 numbers
From 0 to 2.3 seconds
1 interval coming
0 2.3 ""
"TextTier" "bell" 0 2.3 1 1.5 "say ""ding"""`;

  test("Praat's own long layout is what is written, and its free layout is read", () => {
    expect(renderTextGrid(mary)).toBe(long);
    for (const text of [long, free, long.replaceAll('\n', '\r\n')])
      expect(parseTextGrid(text, 'a.TextGrid')).toEqual({ grid: mary });
    const little = new Uint8Array(encodeText(long, 'utf16'));
    for (let i = 0; i < little.length; i += 2) little.subarray(i, i + 2).reverse();
    expect(decodeText(little).text).toBe(long);
    expect(decodeText(Uint8Array.from([0xef, 0xbb, 0xbf, 0x61])).text).toBe('a');
  });

  test('what is broken is named by line', () => {
    const problem = (text: string) => {
      const parsed = parseTextGrid(text, 'a.TextGrid');
      return 'problem' in parsed ? [parsed.problem.line, parsed.problem.message] : parsed;
    };
    expect(problem('hello')).toEqual([1, 'the file ends where a text in quotes is expected']);
    expect(problem(long.replace('"IntervalTier"', '"Tier"'))).toEqual([
      10,
      '"Tier" is no kind of tier; there are IntervalTier and TextTier',
    ]);
    expect(problem(long.replace('mark = "say ""ding"""', 'mark = 7'))).toEqual([
      27,
      'a text in quotes is expected here',
    ]);
    expect(problem(long.replace('"say ""ding""" ', '"say ""ding'))).toEqual([
      27,
      'a quote is opened here and never closed',
    ]);
    expect(problem(long.replace('size = 2', 'size = 1e9'))).toEqual([7, '1000000000 is no number of items']);
  });

  test('silence fills what words leave', () => {
    const words = [
      { startSec: 0.5, endSec: 1, text: 'A' },
      { startSec: 1, endSec: 1.5, text: 'B' },
    ];
    expect(fillTier('words', { startSec: 0, endSec: 2 }, words).intervals).toEqual([
      { startSec: 0, endSec: 0.5, text: '' },
      ...words,
      { startSec: 1.5, endSec: 2, text: '' },
    ]);
    expect(fillTier('words', { startSec: 0, endSec: 2 }, []).intervals).toEqual([{ startSec: 0, endSec: 2, text: '' }]);
  });
});

describe('CTM', () => {
  const words = [
    { recording: 'b', channel: '1', startSec: 2, durationSec: 0.25, word: 'TWO', confidence: 0.5 },
    { recording: 'a', channel: '1', startSec: 3, durationSec: 1, word: "IT'S" },
    { recording: 'a', channel: '1', startSec: 1.0004, durationSec: 0.5, word: 'ÉTÉ', confidence: 1 },
  ];

  test('words are written in the order sclite wants, and read back', () => {
    const text = renderCtm(words);
    expect(text).toBe("a 1 1.000 0.500 ÉTÉ 1.0000\na 1 3.000 1.000 IT'S\nb 1 2.000 0.250 TWO 0.5000\n");
    const read = parseCtm(`;; a comment\n${text}`, 'a.ctm');
    expect(read.problems).toEqual([]);
    expect(renderCtm(read.words)).toBe(text);
  });

  test('faulty lines are named and the others read', () => {
    const { words: read, problems } = parseCtm('a 1 x 1 W\na 1 0 1\na 1 0 1 W 1.5\na 1 0 1 W\n', 'a.ctm');
    expect(read).toHaveLength(1);
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3]);
  });
});

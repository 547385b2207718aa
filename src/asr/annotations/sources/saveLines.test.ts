import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberedLines } from '../../documents/dataDocument.ts';
import { parseTranscriptList } from '../../documents/transcriptList.ts';
import type { LineFormatName } from './lineFormats.ts';
import { readAudacitySource, readCtmSource, readManifestLines, readUtterances } from './lineSources.ts';
import { type SavedItem, saveLines } from './saveLines.ts';
import type { AnnotationSource } from './source.ts';

const facts = { stem: 'a', durationSec: 10 };
const about = { audioPath: 'wav/a.wav', stem: 'a' };
const manifest = (text: string) =>
  readManifestLines(numberedLines(text), 'x/train.jsonl', facts, (path) => path === 'wav/a.wav')!;
const kept = (source: AnnotationSource, tier = 0): SavedItem[] =>
  source.tiers[tier]!.items.map(({ place: _, ...item }, was) => ({ ...item, was }));

function save(text: string, source: AnnotationSource, after: SavedItem[], overwrite = false) {
  const tiers = source.tiers.map(({ items }, i) => ({ before: items, after: i === 0 ? after : kept(source, i) }));
  return saveLines(text, source.format as LineFormatName, tiers, about, overwrite);
}
const textOf = (saved: ReturnType<typeof saveLines>) => ('text' in saved ? saved.text : saved.missing);

const lines = [
  '{"audio_filepath": "wav/b.wav", "text": "other", "x": [1,  2]}',
  '{ "z": 1, "text":"whole \\u00e9", "audio_filepath" : "wav/a.wav", "duration": 10.0}',
  '',
  '{"audio_filepath": "wav/a.wav", "offset": 1.50, "duration": 2, "text": "part", "speaker": "s"}',
];

describe('a manifest', () => {
  const text = lines.join('\r\n');
  const source = manifest(text);
  const [whole, part] = [0, 1].map((tier) => kept(source, tier)[0]!) as [SavedItem, SavedItem];

  test('shows lines of the recording; those that overlap are apart', () => {
    expect(
      source.tiers.map(({ name, items }) => [
        name,
        items.map(({ startSec, endSec, text: t }) => [startSec, endSec, t]),
      ]),
    ).toEqual([
      ['train.jsonl', [[0, 10, 'whole é']]],
      ['train.jsonl 2', [[1.5, 3.5, 'part']]],
    ]);
    expect(source.tiers[1]!.items[0]!.place!.line).toBe(4);
    expect(save(text, source, [whole])).toMatchObject({ text });
  });

  test('keeps all else of a line whose text or times change', () => {
    expect(
      textOf(save(text, source, [{ ...whole, text: 'new ü "</script>"' }]))
        .toString()
        .split('\r\n'),
    ).toEqual([
      lines[0],
      '{ "z": 1, "text":"new \\u00fc \\"</script>\\"", "audio_filepath" : "wav/a.wav", "duration": 10.0}',
      '',
      lines[3],
    ]);
    const moved = save(text, source, [{ ...whole, startSec: 0.25 }]);
    expect(textOf(moved).toString().split('\r\n')[1]).toBe(
      '{ "z": 1, "text":"whole \\u00e9", "audio_filepath" : "wav/a.wav", "offset" : 0.25, "duration": 9.75}',
    );
    const only = manifest(lines[3]!);
    const stretched = save(lines[3]!, only, [{ ...part, endSec: 4.1234567 }]);
    expect(textOf(stretched)).toBe(lines[3]!.replace('2,', '2.623457,'));
  });

  test('a part that was split off keeps the other keys; what is new stands at its time', () => {
    const only = manifest(lines[3]!);
    const halves = [
      { ...part, endSec: 2, text: 'pa' },
      { startSec: 2, endSec: 3.5, text: 'rt', from: 0 },
    ];
    const fresh = { startSec: 0, endSec: 1, text: 'new' };
    const saved = save(lines[3]!, only, [fresh, ...halves]);
    expect(textOf(saved).toString().split('\n')).toEqual([
      '{"audio_filepath": "wav/a.wav", "offset": 0, "duration": 1, "text": "new"}',
      '{"audio_filepath": "wav/a.wav", "offset": 1.50, "duration": 0.5, "text": "pa", "speaker": "s"}',
      '{"audio_filepath": "wav/a.wav", "offset": 2, "duration": 1.5, "text": "rt", "speaker": "s"}',
    ]);
    expect('places' in saved && saved.places[0]!.map((place) => place?.line)).toEqual([1, 2, 3]);
  });

  test('a line for a recording that it does not name yet comes last, as the others are written', () => {
    const before = '{"audio_filepath":"wav/b.wav","text":"x"}\n';
    const saved = saveLines(
      before,
      'manifest',
      [{ before: [], after: [{ startSec: 1, endSec: 2.5, text: 'new' }] }],
      about,
    );
    expect(textOf(saved)).toBe(`${before}{"audio_filepath":"wav/a.wav","offset":1,"duration":1.5,"text":"new"}\n`);
    expect(
      textOf(saveLines('', 'manifest', [{ before: [], after: [{ startSec: 0, endSec: 1, text: '' }] }], about)),
    ).toBe('{"audio_filepath": "wav/a.wav", "offset": 0, "duration": 1, "text": ""}\n');
  });

  test('lines that moved are found; those that changed are missing, and found when they are to be overwritten', () => {
    const moved = [lines[3], ...lines.slice(0, 3), ''].join('\n');
    const after = [{ ...whole, text: 'W' }];
    expect(textOf(save(moved, source, after))).toBe(moved.replace('whole \\u00e9', 'W'));
    const changed = text.replace('whole', 'WHOLE').replace('10.0', '9.5');
    expect(save(changed, source, after)).toEqual({ missing: 1 });
    expect(textOf(save(changed, source, after, true))).toContain(
      '"text":"W", "audio_filepath" : "wav/a.wav", "offset" : 0, "duration": 10}',
    );
    expect(textOf(save('', source, after, true))).toContain('"text": "W"');
    expect(save('', source, [], false)).toEqual({ missing: 1 });
  });

  test('whatever is added, changed and removed reads back', () => {
    const span = fc.integer({ min: 1, max: 400 });
    const one = fc.record({ gap: fc.nat(50), length: span, text: fc.string({ unit: 'grapheme' }), keep: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        (spans, newline, end) => {
          const base = [0, 1, 2, 3].map(
            (n) => `{"audio_filepath": "wav/a.wav", "offset": ${n}, "duration": 1, "text": "t${n}"}`,
          );
          const written = base.join(newline) + (end ? newline : '');
          const before = manifest(written);
          let at = 0;
          const after = spans.map(({ gap, length, text: label, keep }, i): SavedItem => {
            const startSec = (at + gap) / 1000;
            at += gap + length;
            return { startSec, endSec: at / 1000, text: label, ...(keep && i < 4 ? { was: i } : {}) };
          });
          const saved = save(written, before, after);
          const again = 'text' in saved ? saved.text : '';
          const items = [...(manifest(again)?.tiers ?? [])].flatMap((tier) => tier.items);
          expect(items.map((item) => item.text)).toEqual(after.map((item) => item.text));
          items.forEach((item, i) => {
            expect(item.startSec).toBeCloseTo(after[i]!.startSec, 6);
            expect('places' in saved && saved.places[0]![i]).toEqual(item.place);
          });
          if (after.length > 0) expect(again.endsWith(newline)).toBe(end);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('other files', () => {
  test('a CTM keeps its words of other recordings, its digits and its order', () => {
    const text = ';; x\nb 1 0.5 0.25 OTHER 0.9\na  1 1.2500 0.5 ONE 0.5\na 1 2 1 TWO\n';
    const source = readCtmSource(text, 'x/all.ctm', facts)!;
    const [one, two] = kept(source) as [SavedItem, SavedItem];
    const after = [
      { startSec: 0, endSec: 0.5, text: 'NEW' },
      { ...one, endSec: 2 },
      { ...two, text: 'DEUX' },
    ];
    expect(textOf(save(text, source, after))).toBe(
      ';; x\nb 1 0.5 0.25 OTHER 0.9\na 1 0.000 0.500 NEW\na  1 1.2500 0.750 ONE 0.5\na 1 2 1 DEUX\n'.replace(
        'a 1 0.000',
        'a  1 0.000',
      ),
    );
    expect(readCtmSource(text, 'x/all.ctm', { ...facts, stem: 'c' })).toBeUndefined();
  });

  test('Audacity labels: regions and points', () => {
    const text = '0.500000\t1.250000\tone\ttwo\n2\t2\tclick\n3.000000\t3.5\t';
    const source = readAudacitySource(text, 'x/a.txt')!;
    expect(source.tiers.map(({ kind, items }) => [kind, items.length])).toEqual([
      ['interval', 2],
      ['point', 1],
    ]);
    const [one, three] = kept(source) as [SavedItem, SavedItem];
    expect(
      textOf(
        save(text, source, [
          { ...one, text: '1' },
          { ...three, startSec: 2.75 },
        ]),
      ),
    ).toBe('0.500000\t1.250000\t1\n2\t2\tclick\n2.750000\t3.5\t');
  });

  test('a line of a transcript list gets another text', () => {
    const text = 'b other\na\tONE  TWO\nc\n';
    const { utterances } = parseTranscriptList(text, 'x/a.trans.txt', new Set());
    const own = utterances.filter(({ id }) => id === 'a');
    const source = readUtterances(own, 'x/a.trans.txt', 'transcripts', (line) => text.split('\n')[line - 1]!, facts)!;
    const saved = save(text, source, [{ ...kept(source)[0]!, text: 'THREE' }]);
    expect(textOf(saved)).toBe('b other\na\tTHREE\nc\n');
    expect('places' in saved && saved.places[0]![0]).toMatchObject({ line: 2, column: 3, endColumn: 8 });
    expect(save('b other\n', source, [{ ...kept(source)[0]!, text: 'THREE' }], true)).toEqual({ missing: 1 });
  });
});

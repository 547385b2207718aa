import { describe, expect, test } from 'vitest';
import { readManifestLines } from '../../../../asr/annotations/sources/lineSources.ts';
import { readTextGridSource, readTextSource } from '../../../../asr/annotations/sources/wholeSources.ts';
import { renderTextGrid } from '../../../../asr/annotations/textGrid.ts';
import { numberedLines } from '../../../../asr/documents/dataDocument.ts';
import { adoptSource } from './adoptSource.ts';
import { type AnnotationState, emptyState } from './annotationState.ts';
import { itemAt, placeInText, type ShownText, type TextPosition } from './textPlaces.ts';

function shownText(text: string): ShownText {
  const lines = text.split('\n');
  const offsetAt = ({ line, character }: TextPosition) =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  const positionAt = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length - 1, character: before.at(-1)!.length };
  };
  return {
    lineCount: lines.length,
    lineAt: (line) => ({ text: lines[line]! }),
    getText: () => text,
    offsetAt,
    positionAt,
  };
}

function selected(state: AnnotationState, tier: string, item: number, shown: ShownText): string | undefined {
  const place = placeInText(state, tier, item, shown);
  return place && shown.getText().slice(shown.offsetAt(place.from), shown.offsetAt(place.to));
}

describe('the text of an item in its file', () => {
  test('is found in a manifest, also where lines have moved', () => {
    const line = '{"audio_filepath": "a.wav", "text": "say \\"A\\""}';
    const text = `{"audio_filepath": "b.wav", "text": ""}\n${line}\n`;
    const state = emptyState(2);
    adoptSource(
      state,
      readManifestLines(numberedLines(text), 'x.jsonl', { stem: 'a', durationSec: 2 }, (one) => one === 'a.wav')!,
    );
    expect(selected(state, 'tier1', 1, shownText(text))).toBe('say \\"A\\"');
    const moved = shownText(`\n\n${text}`);
    expect(selected(state, 'tier1', 1, moved)).toBe('say \\"A\\"');
    expect(itemAt(state, 'x.jsonl', moved, { line: 3, character: 4 })).toEqual({ tier: 'tier1', item: 1 });
    expect(itemAt(state, 'x.jsonl', moved, { line: 2, character: 4 })).toBeUndefined();
    expect(selected(state, 'tier1', 1, shownText('other'))).toBeUndefined();
  });

  test('is found in a TextGrid, between its quotation marks', () => {
    const span = { startSec: 0, endSec: 3 };
    const intervals = ['A', 'B "b"', 'B "b"'].map((text, i) => ({ startSec: i, endSec: i + 1, text }));
    const bell = { kind: 'point' as const, name: 'bell', ...span, points: [{ timeSec: 1, text: 'ding' }] };
    const text = renderTextGrid({ ...span, tiers: [{ kind: 'interval', name: 'words', ...span, intervals }, bell] });
    const state = emptyState(3);
    adoptSource(state, readTextGridSource(text, 'a.TextGrid'));
    const shown = shownText(text);
    expect(selected(state, 'tier1', 3, shown)).toBe('B ""b""');
    expect(placeInText(state, 'tier1', 3, shown)!.from.line).toBe(
      text.split('\n').findLastIndex((one) => one.includes('b""')),
    );
    const at = (needle: string) => itemAt(state, 'a.TextGrid', shown, shown.positionAt(text.lastIndexOf(needle)));
    expect(at('xmin = 1')).toEqual({ tier: 'tier1', item: 2 });
    expect(at('ding')).toEqual({ tier: 'tier2', item: 1 });
    expect(at('tiers?')).toBeUndefined();
  });

  test('is a whole file', () => {
    const state = emptyState(2);
    adoptSource(state, readTextSource('\n hello \n', 'a.txt', { stem: 'a', durationSec: 2 })!);
    const shown = shownText('\n hello \n');
    expect(selected(state, 'tier1', 1, shown)).toBe('hello');
    expect(itemAt(state, 'a.txt', shown, { line: 0, character: 0 })).toEqual({ tier: 'tier1', item: 1 });
  });
});

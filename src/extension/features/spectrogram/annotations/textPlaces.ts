import { locateTextGrid, type TextStretch } from '../../../../asr/annotations/locateTextGrid.ts';
import { lineFormats } from '../../../../asr/annotations/sources/lineFormats.ts';
import type { LinePlace } from '../../../../asr/annotations/sources/source.ts';
import { itemsOf, keysOf } from '../../../../asr/annotations/sources/wholeSources.ts';
import { type AnnotationState, tiersIn } from './annotationState.ts';

/** A text as an editor shows it. */
export interface ShownText {
  readonly lineCount: number;
  /** From 0, without its line break. */
  lineAt(line: number): { readonly text: string };
  getText(): string;
  offsetAt(position: { line: number; character: number }): number;
  positionAt(offset: number): { line: number; character: number };
}

export interface TextPosition {
  /** From 0. */
  line: number;
  character: number;
}

/** Where an item's text stands in its file, as that is shown now; undefined where it is not there. */
export function placeInText(
  state: AnnotationState,
  tierId: string,
  itemId: number,
  shown: ShownText,
): { from: TextPosition; to: TextPosition } | undefined {
  const tier = state.known.get(tierId);
  const index = tier?.base?.items.findIndex(({ id }) => id === itemId) ?? -1;
  const item = tier?.items[index];
  if (!tier || !item) return undefined;
  const between = ({ from, to }: TextStretch) => ({ from: shown.positionAt(from), to: shown.positionAt(to) });
  if (tier.format === 'text') {
    const text = shown.getText();
    const from = text.length - text.trimStart().length;
    return between({ from, to: Math.max(from, text.trimEnd().length) });
  }
  if (tier.format === 'textGrid') {
    const found = gridTiers(shown.getText())
      .get(tier.key ?? '')
      ?.items.find(({ startSec, text }) => Math.abs(startSec - item.startSec) < 1e-6 && text === item.text);
    return found && between({ from: found.from + 1, to: found.to - 1 });
  }
  const line = item.place && findLine(item.place, shown);
  if (!item.place || line === undefined) return undefined;
  const text = lineFormats[tier.format].textIn(item.place) ?? { from: 0, to: item.place.source.length };
  return { from: { line, character: text.from }, to: { line, character: text.to } };
}

/** The item that a position of a text is about. */
export function itemAt(
  state: AnnotationState,
  file: string,
  shown: ShownText,
  position: TextPosition,
): { tier: string; item: number } | undefined {
  const own = tiersIn(state, file);
  const format = own[0]?.[1].format;
  if (format === undefined) return undefined;
  const inGrid = format === 'textGrid' ? gridItemAt(shown.getText(), shown.offsetAt(position)) : undefined;
  const line = shown.lineAt(position.line).text;
  for (const [tier, { base, items, key }] of own) {
    const index = items.findIndex((item) => {
      if (format === 'text') return true;
      if (inGrid) return key === inGrid.key && Math.abs(item.startSec - inGrid.startSec) < 1e-6;
      return item.place?.source === line && findLine(item.place, shown) === position.line;
    });
    if (base && index >= 0) return { tier, item: base.items[index]!.id };
  }
  return undefined;
}

/** The nearest line that is as it was: the same may come more than once. */
function findLine({ line, source }: LinePlace, shown: ShownText): number | undefined {
  for (let distance = 0; distance < shown.lineCount + line; distance++)
    for (const at of [line - 1 - distance, line - 1 + distance])
      if (at >= 0 && at < shown.lineCount && shown.lineAt(at).text === source) return at;
  return undefined;
}

interface GridItem extends TextStretch {
  startSec: number;
  text: string;
}

/** Tiers of a TextGrid by their keys, with where they and the texts of their items stand. */
function gridTiers(text: string): Map<string, TextStretch & { items: GridItem[] }> {
  const located = locateTextGrid(text, '');
  if ('problem' in located) return new Map();
  const keys = keysOf(located.grid.tiers);
  return new Map(
    located.grid.tiers.map((tier, i) => {
      const all = tier.kind === 'interval' ? tier.intervals : itemsOf(tier);
      const { from, to, texts } = located.tiers[i]!;
      const items = all.map((item, j) => ({ ...texts[j]!, startSec: item.startSec, text: item.text }));
      return [keys[i]!, { from, to, items }];
    }),
  );
}

function gridItemAt(text: string, offset: number): (GridItem & { key: string }) | undefined {
  for (const [key, { from, to, items }] of gridTiers(text)) {
    if (offset < from || offset > to) continue;
    // An entry begins behind the text of the one before it.
    const item = items.find((one) => offset <= one.to);
    return item && { ...item, key };
  }
  return undefined;
}

import { type LocatedTextGrid, locateTextGrid } from '../locateTextGrid.ts';
import { patchTextGrid } from '../patchTextGrid.ts';
import { fillTier, renderTextGrid, type TextGridTier } from '../textGrid.ts';
import { sameTimes } from './lineFormats.ts';
import type { ItemValues, SourceTier } from './source.ts';
import { itemsOf, keysOf } from './wholeSources.ts';

/** A tier as it is to be saved. */
export interface SavedGridTier {
  /** The tier of the file that it was when that was read. */
  before: Pick<SourceTier, 'key' | 'items'> | undefined;
  /** None where the tier was deleted. */
  after: { name: string; kind: 'interval' | 'point'; items: readonly ItemValues[] } | undefined;
  changed: boolean;
}

/**
 * The text of a TextGrid with the tiers that were changed, added and removed; others stay as they are now, though
 * somebody else has changed them. `conflict` names a tier that was changed in both places; with `overwrite` none is.
 */
export function saveTextGrid(
  text: string | undefined,
  tiers: readonly SavedGridTier[],
  durationSec: number,
  overwrite = false,
): { text: string; keys: (string | undefined)[] } | { conflict: string } {
  if (text === undefined || text.trim() === '') return freshGrid(tiers, durationSec);
  const located = locateTextGrid(text, '');
  if ('problem' in located) return { conflict: located.problem.message };
  const fileKeys = keysOf(located.grid.tiers);
  const wanted: (number | TextGridTier | undefined)[] = located.grid.tiers.map((_, i) => i);
  const names = located.grid.tiers.map(({ kind, name }) => ({ kind, name }));
  const places: number[] = [];
  for (const { before, after, changed } of tiers) {
    const at = before ? fileKeys.indexOf(before.key) : -1;
    const place = at >= 0 ? at : wanted.length;
    places.push(place);
    if (!changed) continue;
    if (before && !overwrite && !(at >= 0 && sameItems(itemsOf(located.grid.tiers[at]!), before.items)))
      return { conflict: `the tier “${after?.name ?? before.key}” was changed there too` };
    if (after) names[place] = { kind: after.kind, name: after.name };
    if (after) wanted[place] = rendered(after, spanOf(located, at));
    else if (at >= 0) wanted[place] = undefined;
  }
  const kept = wanted.flatMap((tier, i) => (tier === undefined ? [] : [i]));
  const keys = keysOf(kept.map((i) => names[i]!));
  return {
    text: patchTextGrid(
      text,
      located,
      wanted.filter((tier) => tier !== undefined),
    ),
    keys: places.map((place) => keys[kept.indexOf(place)]),
  };
}

function freshGrid(
  tiers: readonly SavedGridTier[],
  durationSec: number,
): { text: string; keys: (string | undefined)[] } {
  const span = { startSec: 0, endSec: durationSec };
  const kept = tiers.filter(({ after }) => after);
  const grid = { ...span, tiers: kept.map(({ after }) => rendered(after!, span)) };
  const keys = keysOf(grid.tiers);
  return { text: renderTextGrid(grid), keys: tiers.map((tier) => keys[kept.indexOf(tier)]) };
}

const spanOf = ({ grid }: LocatedTextGrid, index: number) => grid.tiers[index] ?? grid;

function rendered(
  { name, kind, items }: NonNullable<SavedGridTier['after']>,
  { startSec, endSec }: { startSec: number; endSec: number },
): TextGridTier {
  if (kind === 'interval')
    return fillTier(
      name,
      { startSec, endSec },
      items.map(({ startSec, endSec, text }) => ({ startSec, endSec, text })),
    );
  return { kind, name, startSec, endSec, points: items.map((item) => ({ timeSec: item.startSec, text: item.text })) };
}

export function sameItems(a: readonly ItemValues[], b: readonly ItemValues[]): boolean {
  return a.length === b.length && a.every((item, i) => item.text === b[i]!.text && sameTimes(item, b[i]!));
}

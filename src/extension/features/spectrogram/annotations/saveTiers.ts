import type { SavedItem } from '../../../../asr/annotations/sources/saveLines.ts';
import type { SourceItem } from '../../../../asr/annotations/sources/source.ts';
import type { Tier } from '../../../../asr/annotations/tiers/annotationDocument.ts';
import { type AnnotationState, type KnownTier, tierById, tiersIn } from './annotationState.ts';
import type { SaveRequest, TierToSave } from './annotationsProtocol.ts';

/** How the tiers of one file are to be saved. */
export interface SavePlan {
  request: Pick<SaveRequest, 'file' | 'format' | 'tiers' | 'read'>;
  /** The tiers as they are saved: they may be edited meanwhile. */
  tiers: [id: string, now: Tier | undefined][];
}

export function planSave(state: AnnotationState, file: string): SavePlan {
  const own = tiersIn(state, file);
  const { format } = own[0]![1];
  const read = state.files.get(file)?.read;
  return {
    request: { file, format, ...(read === undefined ? {} : { read }), tiers: own.map((one) => toSave(state, one)) },
    tiers: own.map(([id]) => [id, tierById(state, id)]),
  };
}

/** The file now holds what was planned. */
export function markSaved(
  state: AnnotationState,
  { request: { file, format }, tiers }: SavePlan,
  saved: readonly ({ key: string; items?: SourceItem[] } | undefined)[],
  { text, stamp }: { text?: string; stamp?: string },
): void {
  state.version++;
  tiers.forEach(([id, base], i) => {
    const now = saved[i];
    const known: KnownTier = { file, format, items: now?.items ?? [...(base?.items ?? [])] };
    state.known.set(id, now && base ? { ...known, key: now.key, base } : known);
  });
  state.files.set(file, {
    ...{ format, problems: [] },
    ...(format === 'text' && text !== undefined ? { read: text } : {}),
    ...(stamp === undefined ? {} : { stamp }),
  });
}

function toSave(state: AnnotationState, [id, { format, key, base, items }]: [string, KnownTier]): TierToSave {
  const now = tierById(state, id);
  const { name, kind } = now ?? base ?? { name: '', kind: 'interval' as const };
  const changed = now !== base;
  // A tier that stays as it is written is only named: it may have an hour's phones.
  const named = format === 'textGrid' && !changed;
  return {
    ...{ name, kind, changed },
    ...(key === undefined ? {} : { before: { key, items: named ? [] : items } }),
    ...(now ? { after: named ? [] : savedItems(now, base) } : {}),
  };
}

/** Items with the places they had in the file, or those of the items they were split from. */
function savedItems(now: Tier, base: Tier | undefined): SavedItem[] {
  const places = new Map(base?.items.map((item, i) => [item.id, i]));
  const parents = new Map(now.items.map(({ id, from }) => [id, from]));
  const origin = (from: number | undefined): number | undefined =>
    from === undefined ? undefined : (places.get(from) ?? origin(parents.get(from)));
  return now.items.map(({ id, from, ...values }) => {
    const was = places.get(id);
    const parent = origin(from);
    return { ...values, ...(was === undefined ? {} : { was }), ...(parent === undefined ? {} : { from: parent }) };
  });
}

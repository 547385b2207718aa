import type {
  AnnotationItem,
  AnnotationSet,
  AnnotationTier,
} from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import type { Stretch } from '../hand/selection.ts';

export interface ItemAddress {
  tier: string;
  item: number;
}

/** The item that is being made has this id until the extension has given it one. */
export const newItem = -1;

/** What is shown before the extension has answered: items moved or renamed, and one that is being made. */
export interface Draft {
  tier: string;
  changed: ReadonlyMap<number, Partial<Stretch & { text: string }>>;
  added?: AnnotationItem;
  /** The set that was there when its edit was sent; a later one has the edit in it. */
  sentAtVersion?: number;
}

/** What the user is doing with labels and transcripts; it is not kept. */
export interface TiersState {
  chosen: ItemAddress | undefined;
  /** The edge of the chosen item that keys move. */
  edge: 'start' | 'end';
  draft: Draft | undefined;
  /** The item, or without one the tier, whose name is being written. */
  naming: { tier: string; item: number | undefined } | undefined;
  /** Why an edit was not made. */
  refusal: { tier: string; message: string } | undefined;
  /** Read out by screen readers. */
  said: string;
}

export const initialTiers: TiersState = {
  chosen: undefined,
  edge: 'end',
  draft: undefined,
  naming: undefined,
  refusal: undefined,
  said: '',
};

/** The tier that new labels go to when none is named: '' stands for one that does not exist yet. */
export function labelsTier(set: AnnotationSet | undefined): string {
  return set?.tiers.find(({ role, kind, can }) => role === 'labels' && kind === 'interval' && can.items)?.id ?? '';
}

/** The tiers as drawn: transcripts first, with what the user is changing. `labels` names a tier not made yet. */
export function tiersShown(set: AnnotationSet | undefined, draft: Draft | undefined, labels: string): AnnotationTier[] {
  const tiers = set?.tiers ?? [];
  const ordered = [
    ...tiers.filter(({ role }) => role === 'reference'),
    ...tiers.filter(({ role }) => role === 'labels'),
  ];
  // The edit's own set may come before the answer to the edit.
  if (!draft || (draft.sentAtVersion !== undefined && (set?.version ?? 0) > draft.sentAtVersion)) return ordered;
  if (draft.tier === '' && draft.added) {
    const can = { text: true, times: true, items: true };
    const made: AnnotationTier = {
      ...{ id: '', name: labels, role: 'labels', kind: 'interval', file: '', format: 'new', can },
      items: [draft.added],
    };
    return [...ordered, made];
  }
  return ordered.map((tier) => (tier.id === draft.tier ? withDraft(tier, draft) : tier));
}

function withDraft(tier: AnnotationTier, { changed, added }: Draft): AnnotationTier {
  const items = tier.items.map((item) => (changed.has(item.id) ? { ...item, ...changed.get(item.id) } : item));
  if (added) items.push(added);
  return { ...tier, items: items.sort((a, b) => a.startSec - b.startSec) };
}

export function findItem(tiers: readonly AnnotationTier[], address: ItemAddress | undefined) {
  const tier = tiers.find(({ id }) => id === address?.tier);
  const position = tier?.items.findIndex(({ id }) => id === address?.item) ?? -1;
  return tier && position >= 0 ? { tier, position, item: tier.items[position]! } : undefined;
}

/** Times that a selection can snap to. */
export function edgesOf(set: AnnotationSet | undefined): number[] {
  return (set?.tiers ?? []).flatMap(({ kind, items }) =>
    items.flatMap(({ startSec, endSec }) => (kind === 'point' ? [startSec] : [startSec, endSec])),
  );
}

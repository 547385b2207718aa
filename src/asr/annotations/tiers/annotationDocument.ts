import { UserError } from '../../../shared/problem.ts';
import type { AnnotationEdit, AnnotationItem, TierKind } from '../../../shared/protocol/spectrogramAnnotations.ts';
import { addItem, deleteItem, mergeItem, moveBoundary, moveItem, renameItem, splitItem } from './editItems.ts';

/** Everything that is marked in one recording. Never changed in place. */
export interface AnnotationDocument {
  readonly durationSec: number;
  readonly tiers: readonly Tier[];
}

export interface Tier {
  readonly id: string;
  readonly name: string;
  readonly role: 'reference' | 'labels';
  readonly kind: TierKind;
  readonly can: { readonly text: boolean; readonly times: boolean; readonly items: boolean };
  /** What a text may hold: anything, no line breaks, nothing that parts the fields of a table, or no white space. */
  readonly texts: 'any' | 'line' | 'field' | 'word';
  /** Its file keeps the name of the tier. */
  readonly named: boolean;
  /** By start; those of an interval tier do not overlap. */
  readonly items: readonly TierItem[];
  /** The next id. */
  readonly nextItem: number;
}

export interface TierItem extends Readonly<AnnotationItem> {
  /** The item it was split from: what their file says beside text and times holds for both. */
  readonly from?: number;
}

/** What one edit does: a tier becomes another one, comes or goes. */
export interface TierChange {
  /** Where the tier stands among the others. */
  readonly index: number;
  readonly before?: Tier;
  readonly after?: Tier;
}

/** What an edit changes; a UserError says why it cannot be made. `freshId` names a tier that it makes. */
export function changeOf(document: AnnotationDocument, edit: AnnotationEdit, freshId: string): TierChange {
  if (edit.edit === 'addTier') return tierAdded(document, freshId, edit.name, edit.kind);
  if (edit.edit === 'add' && edit.tier === '') return addToLabels(document, edit, freshId);
  const index = document.tiers.findIndex(({ id }) => id === edit.tier);
  const before = document.tiers[index];
  if (!before) throw new UserError('The tier is not there any more.');
  if (edit.edit === 'deleteTier') {
    allow(before, 'items');
    return { index, before };
  }
  if (edit.edit === 'renameTier') {
    if (!before.named) throw new UserError(`“${before.name}” has the name of its file.`);
    return { index, before, after: { ...before, name: freeName(document, edit.name, before) } };
  }
  return { index, before, after: editTier(before, edit, document.durationSec) };
}

/** The document after a change; undefined where the tier is no longer what the change was made to. */
export function applyChange(document: AnnotationDocument, change: TierChange): AnnotationDocument | undefined {
  const { before, after } = change;
  const at = before ? document.tiers.indexOf(before) : Math.min(change.index, document.tiers.length);
  if (at < 0 || (!before && document.tiers.some(({ id }) => id === after?.id))) return undefined;
  return { ...document, tiers: document.tiers.toSpliced(at, before ? 1 : 0, ...(after ? [after] : [])) };
}

/** What takes a change back. */
export function reverseOf({ index, before, after }: TierChange): TierChange {
  return { index, ...(after ? { before: after } : {}), ...(before ? { after: before } : {}) };
}

type ItemEdit = Exclude<AnnotationEdit, { edit: 'addTier' | 'renameTier' | 'deleteTier' }>;

function editTier(tier: Tier, edit: ItemEdit, durationSec: number): Tier {
  switch (edit.edit) {
    case 'add':
      allow(tier, 'items');
      return addItem(tier, edit, durationSec);
    case 'move':
      allow(tier, 'times');
      return moveItem(tier, edit.item, edit, durationSec);
    case 'moveBoundary':
      allow(tier, 'times');
      return moveBoundary(tier, edit.item, edit.atSec);
    case 'split':
      allow(tier, 'items');
      return splitItem(tier, edit.item, edit.atSec);
    case 'merge':
      allow(tier, 'items');
      return mergeItem(tier, edit.item);
    case 'rename':
      allow(tier, 'text');
      return renameItem(tier, edit.item, edit.text);
    case 'delete':
      allow(tier, 'items');
      return deleteItem(tier, edit.item);
  }
}

function allow(tier: Tier, what: keyof Tier['can']): void {
  if (tier.can[what]) return;
  const open = Object.values(tier.can).some(Boolean);
  throw new UserError(open ? `Only the text of “${tier.name}” can be changed.` : `“${tier.name}” cannot be changed.`);
}

const labelsName = 'labels';

function addToLabels(
  document: AnnotationDocument,
  edit: Extract<AnnotationEdit, { edit: 'add' }>,
  freshId: string,
): TierChange {
  const kind = edit.endSec > edit.startSec ? 'interval' : 'point';
  const index = document.tiers.findIndex((tier) => tier.role === 'labels' && tier.kind === kind && tier.can.items);
  const before = document.tiers[index];
  if (before) return { index, before, after: editTier(before, edit, document.durationSec) };
  const made = tierAdded(document, freshId, labelsName, kind);
  return { ...made, after: editTier(made.after, edit, document.durationSec) };
}

function tierAdded(document: AnnotationDocument, id: string, name: string, kind: TierKind) {
  const can = { text: true, times: true, items: true };
  const named = freeName(document, name.trim() === '' ? labelsName : name);
  const after: Tier = {
    ...{ id, name: named, role: 'labels', kind, can, texts: 'any', named: true, items: [], nextItem: 1 },
  };
  return { index: document.tiers.length, after };
}

function freeName({ tiers }: AnnotationDocument, wanted: string, self?: Tier): string {
  const name = wanted
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
  if (name === '') throw new UserError('A tier needs a name.');
  const taken = new Set(tiers.filter((tier) => tier !== self).map((tier) => tier.name));
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name} ${n}`;
    if (!taken.has(free)) return free;
  }
}

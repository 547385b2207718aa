import { basename } from 'node:path';
import {
  applyChange,
  changeOf,
  type Tier,
  type TierChange,
} from '../../../../asr/annotations/tiers/annotationDocument.ts';
import type { AnnotationEdit } from '../../../../shared/protocol/spectrogramAnnotations.ts';
import { type AnnotationState, tierById, tiersIn } from './annotationState.ts';

/** What an edit changes, not applied yet; a tier that it makes belongs to `labelsFile`. Throws a UserError. */
export function planEdit(state: AnnotationState, edit: AnnotationEdit, labelsFile: string): TierChange {
  const change = changeOf(state.document, edit, `tier${state.nextTier++}`);
  if (change.after && !change.before)
    state.known.set(change.after.id, { file: labelsFile, format: 'textGrid', items: [] });
  return change;
}

/** A new item of a manifest, in a tier of it that has room there, or in one that is made. */
export function planManifestItem(
  state: AnnotationState,
  file: string,
  item: { startSec: number; endSec: number; text: string },
): TierChange {
  const tiers = tiersIn(state, file).flatMap(([id]) => tierById(state, id) ?? []);
  const free = tiers.find(({ can, items }) => can.items && items.every((one) => isApart(one, item)));
  if (free) return changeOf(state.document, { edit: 'add', tier: free.id, ...item }, '');
  const id = `tier${state.nextTier++}`;
  const can = { text: true, times: true, items: true };
  const empty: Tier = {
    ...{ id, name: basename(file), role: 'reference', kind: 'interval', can, texts: 'any', named: false },
    ...{ items: [], nextItem: 1 },
  };
  const { after } = changeOf({ ...state.document, tiers: [empty] }, { edit: 'add', tier: id, ...item }, '');
  state.known.set(id, { file, format: 'manifest', items: [] });
  const index = state.document.tiers.findLastIndex((tier) => state.known.get(tier.id)?.format === 'manifest') + 1;
  return { index, after: after! };
}

const isApart = (a: { startSec: number; endSec: number }, b: { startSec: number; endSec: number }) =>
  a.endSec <= b.startSec || a.startSec >= b.endSec;

/** False where the tier is no longer what the change was made to. */
export function makeChange(state: AnnotationState, change: TierChange): boolean {
  const changed = applyChange(state.document, change);
  if (!changed) return false;
  state.document = changed;
  state.version++;
  return true;
}

import type {
  AnnotationEdit,
  AnnotationItem,
  AnnotationTier,
} from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import type { Stretch } from '../hand/selection.ts';
import { reveal } from '../hand/viewport.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { shownText } from './shownText.ts';
import type { AnnotationStrings } from './strings.ts';
import { findItem, type ItemAddress, type TiersState, tiersShown } from './tiersState.ts';

/** What every command on labels builds on. */
export interface TierEdits {
  readonly model: ViewModel;
  readonly text: AnnotationStrings;
  /** The tiers as drawn. */
  tiers(): AnnotationTier[];
  find(address: ItemAddress): ReturnType<typeof findItem>;
  /** An item's text as shown and said. */
  nameOf(item: AnnotationItem | undefined): string;
  update(change: Partial<TiersState>): void;
  choose(address: ItemAddress, shown: { reveal: boolean }): void;
  /** Says beside a tier why something is not done. */
  refuse(tier: string, message: string): void;
  /** Asks for an edit; false when it was refused, which is then shown. The draft it was made from ends with it. */
  send(edit: AnnotationEdit, said: string): Promise<boolean>;
  /** The same for an edit that makes an item, which is chosen then. */
  make(edit: AnnotationEdit, said: string): Promise<void>;
  /** The time that is heard, or the cursor's. */
  hereSec(): number;
}

export function createTierEdits(model: ViewModel, text: AnnotationStrings): TierEdits {
  const { live, state, remote } = model;
  const update = (change: Partial<TiersState>) => live.update({ tiers: { ...live.state.tiers, ...change } });
  const tiers = createTiersShown(model, text);
  const find = (address: ItemAddress) => findItem(tiers(), address);
  const refuse = (tier: string, message: string) => update({ refusal: { tier, message }, said: '' });
  const send = async (edit: AnnotationEdit, said: string): Promise<boolean> => {
    const drawn = live.state.tiers.draft;
    const draft = drawn && { ...drawn, sentAtVersion: live.state.annotations?.version ?? 0 };
    update({ refusal: undefined, draft });
    const settled = () => (live.state.tiers.draft === draft ? { draft: undefined } : {});
    try {
      await remote.editAnnotations(edit);
      update({ said, ...settled() });
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      update({ refusal: { tier: 'tier' in edit ? edit.tier : '', message }, said: '', ...settled() });
      return false;
    }
  };
  return {
    model,
    text,
    tiers,
    find,
    update,
    refuse,
    send,
    nameOf: (item) => shownText(item?.text ?? '') || text.noText,
    choose(address, shown) {
      update({ chosen: address, refusal: undefined });
      // What a text editor pointed at is past.
      live.update({ pointedAt: undefined });
      const item = find(address)?.item;
      if (item && shown.reveal) state.update({ viewport: revealStretch(model, item) });
    },
    async make(edit, said) {
      const before = new Set(itemKeys(live.state.annotations?.tiers));
      if (!(await send(edit, said))) return;
      const made = itemKeys(live.state.annotations?.tiers).find((key) => !before.has(key));
      if (made) update({ chosen: addressOf(made) });
    },
    hereSec: () => live.state.playSec ?? state.state.cursorSec,
  };
}

/** Made anew only when what it is made from has changed: frames are many. */
function createTiersShown({ live }: ViewModel, text: AnnotationStrings): () => AnnotationTier[] {
  let [set, draft] = [live.state.annotations, live.state.tiers.draft];
  let shown = tiersShown(set, draft, text.labels);
  return () => {
    const { annotations, tiers } = live.state;
    if (annotations !== set || tiers.draft !== draft) {
      [set, draft] = [annotations, tiers.draft];
      shown = tiersShown(set, draft, text.labels);
    }
    return shown;
  };
}

const itemKeys = (tiers: readonly AnnotationTier[] = []) =>
  tiers.flatMap(({ id, items }) => items.map((item) => `${item.id}\n${id}`));

function addressOf(key: string): ItemAddress {
  const cut = key.indexOf('\n');
  return { tier: key.slice(cut + 1), item: Number(key.slice(0, cut)) };
}

/** Moved no further than needed for the whole stretch to be seen; its start where it does not fit. */
export function revealStretch(model: ViewModel, { startSec, endSec }: Stretch) {
  return reveal(reveal(viewportOf(model), endSec, model.limits), startSec, model.limits);
}

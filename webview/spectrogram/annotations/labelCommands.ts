import type {
  AnnotationEdit,
  AnnotationItem,
  AnnotationTier,
  TierKind,
} from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import { formatTime } from '../../ui/axisText.ts';
import { fill } from '../../ui/fill.ts';
import { type Stretch, stretchOf } from '../hand/selection.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { dragItem, type Held, type Moved, roundForZoom } from './dragItem.ts';
import { indexItems, positionAt } from './itemIndex.ts';
import { shownText } from './shownText.ts';
import { annotationStringsFor } from './strings.ts';
import { createTierEdits, revealStretch, type TierEdits } from './tierEdits.ts';
import { type ItemAddress, labelsTier, newItem } from './tiersState.ts';

/** What can be done with labels and transcripts, by any hand; an edit that is refused says why beside its tier. */
export interface LabelCommands extends Pick<TierEdits, 'text' | 'tiers' | 'find' | 'update' | 'choose'> {
  /** A label for the selection, or at the cursor; its text is asked for first. */
  add(tier?: string): void;
  split(address?: ItemAddress): void;
  merge(address: ItemAddress): void;
  remove(address: ItemAddress): void;
  /** Begins writing the text of an item. */
  name(address: ItemAddress): void;
  /** Ends it; undefined leaves everything as it was. */
  named(address: ItemAddress, text: string | undefined): Promise<void>;
  nudge(address: ItemAddress, bySec: number): void;
  /** Chooses the edge that keys move. */
  markEdge(edge: 'start' | 'end', item: AnnotationItem): void;
  /** Says that the times of a tier cannot be changed. */
  refuseTimes(tier: string): void;
  /** Items at new times: an edge, a shared one, or a whole item. */
  move(tier: string, moved: readonly Moved[]): void;
  showInText(address: ItemAddress): void;
  addTier(kind: TierKind): void;
  renameTier(tier: string, name: string): void;
  deleteTier(tier: string): void;
}

export function createLabelCommands(model: ViewModel): LabelCommands {
  const text = annotationStringsFor(document.documentElement.lang);
  const edits = createTierEdits(model, text);
  const { tiers, find, update, choose } = edits;
  return { text, tiers, find, update, choose, ...textCommands(edits), ...timeCommands(edits), ...tierCommands(edits) };
}

const newLabelSec = 0.2;

/** Commands that make items and their texts. */
function textCommands(edits: TierEdits): Pick<LabelCommands, 'add' | 'name' | 'named' | 'remove' | 'showInText'> {
  const { model, text, tiers, find, update, choose, refuse, send, make, nameOf, hereSec } = edits;
  const { live, state, remote, limits } = model;
  return {
    add(wanted) {
      const tier = wanted ?? chosenLabels(live.state.tiers.chosen?.tier, tiers()) ?? labelsTier(live.state.annotations);
      const point = tiers().find(({ id }) => id === tier)?.kind === 'point';
      const stretch = newStretch(stretchOf(state.state.selection), hereSec(), limits.durationSec, point);
      const added: AnnotationItem = { id: newItem, ...stretch, text: '' };
      update({
        ...{ draft: { tier, changed: new Map(), added }, chosen: { tier, item: newItem }, refusal: undefined },
        naming: { tier, item: newItem },
      });
      state.update({ viewport: revealStretch(model, stretch) });
    },
    name(address) {
      const found = find(address);
      if (!found) return;
      if (!found.tier.can.text) return refuse(address.tier, fill(text.cannotText, shownText(found.tier.name)));
      choose(address, { reveal: true });
      update({ naming: address });
    },
    async named({ tier, item }, written) {
      const { draft } = live.state.tiers;
      const old = find({ tier, item })?.item;
      update({ naming: undefined });
      if (item === newItem) {
        if (written === undefined || !draft?.added) return update({ draft: undefined, chosen: undefined });
        const { startSec, endSec } = draft.added;
        update({ draft: { ...draft, added: { ...draft.added, text: written } } });
        return make({ edit: 'add', tier, startSec, endSec, text: written }, fill(text.added, written || text.noText));
      }
      if (!old || written === undefined || written === old.text) return;
      update({ draft: { tier, changed: new Map([[item, { text: written }]]) } });
      await send({ edit: 'rename', tier, item, text: written }, fill(text.renamed, shownText(written) || text.noText));
    },
    remove({ tier, item }) {
      const found = find({ tier, item });
      if (!found) return;
      const neighbour = found.tier.items[found.position + 1] ?? found.tier.items[found.position - 1];
      void send({ edit: 'delete', tier, item }, fill(text.deleted, nameOf(found.item))).then((done) => {
        if (done) update({ chosen: neighbour && { tier, item: neighbour.id } });
      });
    },
    showInText(address) {
      const tier = find(address)?.tier;
      if (!tier) return;
      if (tier.file === '') return refuse(tier.id, fill(text.noFile, shownText(tier.name)));
      void remote.showInText(address.tier, address.item).catch(() => {});
    },
  };
}

/** Commands that change when items are. */
function timeCommands(
  edits: TierEdits,
): Pick<LabelCommands, 'split' | 'merge' | 'nudge' | 'move' | 'markEdge' | 'refuseTimes'> {
  const { model, text, tiers, find, update, refuse, send, make, nameOf, hereSec } = edits;
  const { live, state, limits } = model;
  const move = (tier: string, moved: readonly Moved[]) => {
    const items = tiers().find(({ id }) => id === tier)?.items;
    const [first, second] = moved.map(({ position }) => items?.[position]);
    if (!items || !first) return;
    const [at, next] = moved as [Moved, Moved?];
    const changed = new Map(moved.map(({ position, startSec, endSec }) => [items[position]!.id, { startSec, endSec }]));
    update({ draft: { tier, changed } });
    const range = `${formatTime(at.startSec)} – ${formatTime(at.endSec)}`;
    const said = fill(text.moved, nameOf(first), next ? formatTime(next.startSec) : range);
    const edit: AnnotationEdit =
      second && next
        ? { edit: 'moveBoundary', tier, item: first.id, atSec: next.startSec }
        : { edit: 'move', tier, item: first.id, startSec: at.startSec, endSec: at.endSec };
    void send(edit, said);
  };
  const refuseTimes = (tier: string) => {
    const name = tiers().find(({ id }) => id === tier)?.name ?? '';
    refuse(tier, fill(text.cannotTimes, shownText(name)));
  };
  return {
    move,
    refuseTimes,
    markEdge(edge, item) {
      const sec = edge === 'start' ? item.startSec : item.endSec;
      update({ edge, said: fill(edge === 'start' ? text.startEdge : text.endEdge, formatTime(sec)) });
    },
    split(address) {
      const found = address ? find(address) : itemUnder(tiers(), live.state.tiers.chosen?.tier, hereSec());
      if (!found || found.tier.kind === 'point') return refuse(address?.tier ?? '', text.nothingToSplit);
      const { tier, item } = found;
      const inside = hereSec() > item.startSec && hereSec() < item.endSec;
      const sec = inside ? hereSec() : (item.startSec + item.endSec) / 2;
      const atSec = roundForZoom(sec, secPerPx(model));
      void make({ edit: 'split', tier: tier.id, item: item.id, atSec }, fill(text.split, formatTime(atSec)));
    },
    merge({ tier, item }) {
      const found = find({ tier, item });
      const next = found?.tier.items[found.position + 1];
      if (!next) return refuse(tier, text.noNext);
      void send({ edit: 'merge', tier, item }, fill(text.merged, nameOf(next)));
    },
    nudge(address, bySec) {
      const found = find(address);
      if (!found) return;
      const { tier, position, item } = found;
      if (!tier.can.times) return refuseTimes(tier.id);
      const grip: Held['grip'] = tier.kind === 'point' ? 'start' : live.state.tiers.edge;
      const toSec = Number(((grip === 'start' ? item.startSec : item.endSec) + bySec).toFixed(6));
      const rules = { kind: tier.kind, durationSec: limits.durationSec, alone: false };
      const moved = dragItem(tier.items, { position, grip }, toSec, rules);
      const own = moved.find((one) => one.position === position)!;
      const selection = tier.kind === 'point' ? undefined : { anchorSec: own.startSec, headSec: own.endSec };
      state.update({ selection, cursorSec: grip === 'start' ? own.startSec : own.endSec });
      move(tier.id, moved);
    },
  };
}

function tierCommands({ text, tiers, send }: TierEdits): Pick<LabelCommands, 'addTier' | 'renameTier' | 'deleteTier'> {
  return {
    addTier(kind) {
      const taken = new Set(tiers().map(({ name }) => name));
      const plain = text.newTierNames[kind];
      let [name, count] = [plain, 1];
      while (taken.has(name)) name = `${plain} ${++count}`;
      void send({ edit: 'addTier', name, kind }, fill(text.added, name));
    },
    renameTier: (tier, name) => void send({ edit: 'renameTier', tier, name }, fill(text.renamed, shownText(name))),
    deleteTier(tier) {
      const name = tiers().find(({ id }) => id === tier)?.name ?? '';
      void send({ edit: 'deleteTier', tier }, fill(text.deleted, shownText(name)));
    },
  };
}

/** Labels go where the last label was, never into a transcript by accident. */
function chosenLabels(chosen: string | undefined, tiers: readonly AnnotationTier[]): string | undefined {
  return tiers.find(({ id, role, can }) => id === chosen && id !== '' && role === 'labels' && can.items)?.id;
}

function newStretch(selected: Stretch | undefined, sec: number, durationSec: number, point: boolean): Stretch {
  const startSec = selected?.startSec ?? Math.max(0, Math.min(sec, durationSec - (point ? 0 : newLabelSec)));
  if (point) return { startSec, endSec: startSec };
  return { startSec, endSec: selected?.endSec ?? Math.min(durationSec, startSec + newLabelSec) };
}

/** The item at a time in the tier last used, else in the first that can be changed. */
function itemUnder(tiers: readonly AnnotationTier[], chosen: string | undefined, sec: number) {
  const editable = tiers.filter(({ can, kind }) => can.items && kind === 'interval');
  const ordered = [...editable.filter(({ id }) => id === chosen), ...editable.filter(({ id }) => id !== chosen)];
  for (const tier of ordered) {
    const position = positionAt(indexItems(tier.items), sec);
    if (position !== undefined) return { tier, position, item: tier.items[position]! };
  }
  return undefined;
}

function secPerPx(model: ViewModel): number {
  const { startSec, endSec } = viewportOf(model);
  // As fine as a wide screen shows it.
  return (endSec - startSec) / 2000;
}

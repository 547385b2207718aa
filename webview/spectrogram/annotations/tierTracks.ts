import type { AnnotationTier } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import { element } from '../../ui/elements.ts';
import type { Player } from '../../ui/player.ts';
import type { Action } from '../actions.ts';
import type { Hand } from '../hand/createHand.ts';
import { actionOf } from '../hand/keyboard.ts';
import type { Layout } from '../layout.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { createEmptyTiers } from './emptyTiers.ts';
import { itemActionOf } from './itemKeys.ts';
import { attachItemMenu } from './itemMenu.ts';
import type { LabelCommands } from './labelCommands.ts';
import { createNaming } from './naming.ts';
import { createRefusal } from './refusal.ts';
import type { AnnotationStrings } from './strings.ts';
import { revealStretch } from './tierEdits.ts';
import { createTierHand, type TierHand } from './tierHand.ts';
import { attachTierMargin, nameTier } from './tierMargin.ts';
import { attachTierPointer } from './tierPointer.ts';
import { edgesOf, findItem } from './tiersState.ts';
import { createTierTrack, type TierTrack } from './tierTrack.ts';

export interface TierTracksParts {
  commands: LabelCommands;
  hand: Hand;
  player: Player;
  perform: (action: Action) => void;
}

/** Rows of words and labels under the picture, one for each tier. */
export function createTierTracks(layout: Layout, model: ViewModel, parts: TierTracksParts): { show(): void } {
  const { commands, player } = parts;
  const { live } = model;
  const holder = element('div', { class: 'tiers' });
  const said = element('div', { class: 'read-out unseen', attributes: { 'aria-live': 'polite' } });
  layout.tracks.insertBefore(holder, layout.trackMarks);
  model.snapPoints.add(() => edgesOf(live.state.annotations));
  layout.root.append(said);
  const tracks = new Map<string, TierTrack>();
  const shown: { tiers: readonly AnnotationTier[]; pointedAt: unknown } = { tiers: [], pointedAt: undefined };
  /** The chosen item is to have the focus once it is there. */
  let wanted = false;
  const hand: TierHand = createTierHand({
    ...{ model, commands, hand: parts.hand, stage: layout.stage },
    play: ({ startSec, endSec }) => player.play(startSec, endSec),
    stop: () => player.stop(),
    scenes: () => shown.tiers.flatMap(({ id }) => tracks.get(id)?.scene ?? []),
    // At once: the next key may come before the next frame.
    focusChosen: () => {
      wanted = true;
      show();
    },
  });
  const naming = createNaming(layout, model, commands, tracks, (leave) => {
    if (leave) layout.stage.focus({ preventScroll: true });
    else wanted = true;
  });
  const refusal = createRefusal(layout, model, commands, tracks);
  const empty = createEmptyTiers(holder, model, commands.text);
  const sync = (tiers: readonly AnnotationTier[]) => {
    if (tiers === shown.tiers) return;
    shown.tiers = tiers;
    syncTracks(holder, tracks, tiers, commands.text, () => addTrack(commands, hand, parts.perform));
  };
  const show = () => {
    const tiers = commands.tiers();
    const focused = holder.contains(document.activeElement) && isItem(document.activeElement);
    sync(tiers);
    revealPointedAt(model, tiers, shown);
    const { chosen, edge, naming: written } = live.state.tiers;
    const { pointedAt, playSec } = live.state;
    const common = { viewport: viewportOf(model), widthPx: layout.stage.clientWidth, edge, playSec };
    for (const tier of tiers) {
      const of = (address: typeof chosen) => (address?.tier === tier.id ? address.item : undefined);
      tracks.get(tier.id)!.show({ ...common, tier, chosen: of(chosen), pointedAt: of(pointedAt) });
    }
    empty.show();
    refusal.show();
    naming.show();
    if (said.textContent !== live.state.tiers.said) said.textContent = live.state.tiers.said;
    if (written || !(focused || wanted)) return;
    const track = chosen && tracks.get(chosen.tier);
    const box = track?.boxOf(chosen!.item);
    if (box) wanted = false;
    // Where the item with the focus has gone, its tier keeps it until another one is chosen.
    const target = box ?? (holder.contains(document.activeElement) ? undefined : track?.body);
    if (target && document.activeElement !== target) target.focus({ preventScroll: true });
  };
  // What is typed right after the key that begins a name belongs to it already.
  live.subscribe((now, before) => {
    if (now.tiers.naming && now.tiers.naming !== before.tiers.naming) show();
  });
  return { show };
}

const isItem = (focused: Element | null) => focused?.matches('.tier-item, .tier-body') ?? false;

function addTrack(commands: LabelCommands, hand: TierHand, perform: (action: Action) => void): TierTrack {
  const track = createTierTrack(commands.text);
  attachTierMargin(track, commands);
  attachTierPointer(track, hand);
  attachItemMenu(track, hand);
  // What has the focus is the chosen one, however it got there: else the next frame would take the focus back.
  track.body.addEventListener('focusin', ({ target }) => {
    const { scene } = track;
    const item = target instanceof HTMLElement ? Number(target.dataset.item ?? Number.NaN) : Number.NaN;
    if (scene && !Number.isNaN(item) && scene.chosen !== item)
      commands.update({ chosen: { tier: scene.tier.id, item } });
  });
  track.body.addEventListener('keydown', (event) => {
    const { scene } = track;
    if (!scene) return;
    const focused = event.target instanceof HTMLElement ? Number(event.target.dataset.item ?? Number.NaN) : Number.NaN;
    const onItem = itemActionOf(event);
    const onStage = onItem ? undefined : actionOf(event);
    // Undo, redo and save are the workbench's.
    if (!onItem && !onStage) return;
    event.preventDefault();
    event.stopPropagation();
    const item = Number.isNaN(focused) ? scene.chosen : focused;
    if (onItem) hand.perform(onItem, { ...scene, chosen: item });
    else if (onStage) perform(onStage);
  });
  return track;
}

/** A track for each tier, in their order; tracks that stay are not moved, so that the focus stays too. */
function syncTracks(
  holder: HTMLElement,
  tracks: Map<string, TierTrack>,
  tiers: readonly AnnotationTier[],
  text: AnnotationStrings,
  add: () => TierTrack,
): void {
  for (const [id, { row }] of tracks) {
    if (tiers.some((tier) => tier.id === id)) continue;
    row.remove();
    tracks.delete(id);
  }
  let next = holder.firstElementChild;
  for (const tier of tiers) {
    const track = tracks.get(tier.id) ?? add();
    tracks.set(tier.id, track);
    track.row.dataset.role = tier.role;
    track.row.dataset.kind = tier.kind;
    nameTier(track, tier, text);
    if (track.row === next) next = next.nextElementSibling;
    else holder.insertBefore(track.row, next);
  }
}

/** What a text editor's cursor is on comes into sight, once for each time it is told. */
function revealPointedAt(model: ViewModel, tiers: readonly AnnotationTier[], shown: { pointedAt: unknown }): void {
  const { pointedAt } = model.live.state;
  if (pointedAt === shown.pointedAt) return;
  const found = findItem(tiers, pointedAt);
  if (!found && pointedAt) return;
  shown.pointedAt = pointedAt;
  if (found) model.state.update({ viewport: revealStretch(model, found.item), cursorSec: found.item.startSec });
}

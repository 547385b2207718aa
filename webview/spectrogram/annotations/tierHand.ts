import type { AnnotationItem } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import type { Hand } from '../hand/createHand.ts';
import type { Stretch } from '../hand/selection.ts';
import { timeScale } from '../hand/viewport.ts';
import type { ViewModel } from '../viewModel.ts';
import { positionNearest } from './itemIndex.ts';
import type { ItemAction } from './itemKeys.ts';
import type { LabelCommands } from './labelCommands.ts';
import type { ItemAddress } from './tiersState.ts';
import type { TierScene } from './tierTrack.ts';

/** What pointers and keys do with the items of tiers. */
export interface TierHand {
  readonly model: ViewModel;
  readonly commands: LabelCommands;
  readonly parts: TierHandParts;
  select(stretch: Stretch | undefined): void;
  /** Makes an item the chosen one, with the cursor where the pointer is. */
  choose(scene: TierScene, position: number, clientX: number | undefined): void;
  /** A click on an item, or beside all. */
  click(scene: TierScene, position: number | undefined, sec: number): void;
  perform(action: ItemAction, scene: TierScene): void;
}

export interface TierHandParts {
  model: ViewModel;
  commands: LabelCommands;
  hand: Hand;
  stage: HTMLElement;
  play(stretch: Stretch): void;
  stop(): void;
  /** Scenes of all tiers, in the order shown. */
  scenes(): TierScene[];
  /** Takes the focus to the chosen item. */
  focusChosen(): void;
}

export function createTierHand(parts: TierHandParts): TierHand {
  const { model, commands } = parts;
  const { moves } = parts.hand;
  const { live, state } = model;
  const select = (stretch: Stretch | undefined) => moves.select(stretch);
  /** Chooses an item and marks its stretch. */
  const enter = ({ tier }: TierScene, item: AnnotationItem, cursorSec: number, reveal: boolean) => {
    commands.choose({ tier: tier.id, item: item.id }, { reveal });
    select(tier.kind === 'point' ? undefined : item);
    state.update({ cursorSec });
    parts.focusChosen();
  };
  const walkTo = (scene: TierScene, position: number | undefined) => {
    const item = position === undefined ? undefined : scene.tier.items[position];
    if (item) enter(scene, item, item.startSec, true);
  };
  const walk = createWalk(parts, walkTo);
  const onItem: Partial<Record<ItemAction, (address: ItemAddress, item: AnnotationItem) => void>> = {
    play: (_, item) => (live.state.playing ? parts.stop() : parts.play(item)),
    rename: (address) => commands.name(address),
    remove: (address) => commands.remove(address),
    split: (address) => commands.split(address),
    merge: (address) => commands.merge(address),
    showInText: (address) => commands.showInText(address),
    earlier: (address) => commands.nudge(address, -0.01),
    later: (address) => commands.nudge(address, 0.01),
    slightlyEarlier: (address) => commands.nudge(address, -0.001),
    slightlyLater: (address) => commands.nudge(address, 0.001),
    markStart: (_, item) => commands.markEdge('start', item),
    markEnd: (_, item) => commands.markEdge('end', item),
  };
  return {
    model,
    commands,
    parts,
    select,
    choose(scene, position, clientX) {
      const item = scene.tier.items[position]!;
      const left = parts.stage.getBoundingClientRect().left;
      const sec =
        clientX === undefined ? state.state.cursorSec : timeScale(scene.viewport, scene.widthPx).toSec(clientX - left);
      const cursorSec = Math.max(item.startSec, Math.min(item.endSec, sec));
      enter(scene, item, clientX === undefined ? state.state.cursorSec : cursorSec, false);
    },
    click(scene, position, sec) {
      const item = position === undefined ? undefined : scene.tier.items[position];
      if (!item) {
        select(undefined);
        return state.update({ cursorSec: Math.max(0, Math.min(model.limits.durationSec, sec)) });
      }
      // Where it was clicked, it is split.
      const cursorSec =
        scene.tier.kind === 'point' ? item.startSec : Math.max(item.startSec, Math.min(item.endSec, sec));
      enter(scene, item, cursorSec, false);
      if (state.state.playOnClick && scene.tier.kind === 'interval') parts.play(item);
    },
    perform(action, scene) {
      if (walk(action, scene)) return;
      if (action === 'add') return commands.add(scene.tier.can.items ? scene.tier.id : undefined);
      if (action === 'leave') {
        if (live.state.tiers.refusal) return commands.update({ refusal: undefined });
        if (live.state.playing) return parts.stop();
        return parts.stage.focus({ preventScroll: true });
      }
      const item = scene.tier.items.find(({ id }) => id === scene.chosen) ?? undefined;
      if (item) onItem[action]?.({ tier: scene.tier.id, item: item.id }, item);
    },
  };
}

/** Going from item to item; says whether the action was of this kind. */
function createWalk(parts: TierHandParts, walkTo: (scene: TierScene, position: number | undefined) => void) {
  const { model } = parts;
  const neighbour = (scene: TierScene, step: number) => {
    const at = scene.tier.items.findIndex(({ id }) => id === scene.chosen);
    if (at < 0) return positionNearest(scene.index, model.state.state.cursorSec);
    return Math.max(0, Math.min(scene.tier.items.length - 1, at + step));
  };
  const otherTier = (scene: TierScene, step: number) => {
    const all = parts.scenes();
    const other = all[all.findIndex(({ tier }) => tier.id === scene.tier.id) + step];
    const item = scene.tier.items.find(({ id }) => id === scene.chosen);
    const sec = item ? (item.startSec + item.endSec) / 2 : model.state.state.cursorSec;
    if (other) walkTo(other, positionNearest(other.index, sec));
  };
  return (action: ItemAction, scene: TierScene): boolean => {
    if (action === 'previous') walkTo(scene, neighbour(scene, -1));
    else if (action === 'next') walkTo(scene, neighbour(scene, 1));
    else if (action === 'first') walkTo(scene, 0);
    else if (action === 'last') walkTo(scene, scene.tier.items.length - 1);
    else if (action === 'above') otherTier(scene, -1);
    else if (action === 'below') otherTier(scene, 1);
    else return false;
    return true;
  };
}

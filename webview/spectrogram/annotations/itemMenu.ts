import type { AnnotationItem } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import { createMenu, type MenuItem } from '../../ui/menu.ts';
import type { ItemAction } from './itemKeys.ts';
import { describeItem } from './shownText.ts';
import type { TierHand } from './tierHand.ts';
import type { TierScene, TierTrack } from './tierTrack.ts';

/** What can be done with an item, for the right button and the menu key. */
export function attachItemMenu(track: TierTrack, hand: TierHand): void {
  track.body.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    const { scene } = track;
    const box = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('.tier-item') : undefined;
    const position = scene?.tier.items.findIndex(({ id }) => String(id) === box?.dataset.item) ?? -1;
    const item = scene?.tier.items[position];
    if (!scene || !box || !item) return;
    // The menu key has no place of its own.
    hand.choose(scene, position, event.button === 2 ? event.clientX : undefined);
    openMenu(track.row, box, item, scene, hand);
  });
}

function openMenu(row: HTMLElement, box: HTMLElement, item: AnnotationItem, scene: TierScene, hand: TierHand): void {
  const { text } = hand.commands;
  const { can, file, kind } = scene.tier;
  const entry = (action: keyof typeof text.itemMenu, keys: string, disabled = false): MenuItem => ({
    ...{ kind: 'command', text: text.itemMenu[action], keys, disabled },
    onPress: () => hand.perform(action satisfies ItemAction, { ...scene, chosen: item.id }),
  });
  const single = kind === 'point' || !can.items;
  const rows: MenuItem[] = [
    entry('play', text.keyNames.space, kind === 'point'),
    entry('rename', 'F2', !can.text),
    entry('split', 'D', single),
    entry('merge', 'J', single),
    entry('remove', text.keyNames.delete, !can.items),
    { kind: 'separator' },
    entry('showInText', 'T', file === ''),
  ];
  const menu = createMenu(
    describeItem(item, kind, text),
    () => rows,
    box,
    (open) => {
      if (!open) menu.element.remove();
    },
  );
  // Beside the body, which takes hold of every pointer pressed in it.
  row.append(menu.element);
  menu.open();
}

import type { AnnotationTier } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createIcon } from '../../ui/icons.ts';
import { createMenu, type MenuItem } from '../../ui/menu.ts';
import type { LabelCommands } from './labelCommands.ts';
import { describeTier, shownText } from './shownText.ts';
import type { AnnotationStrings } from './strings.ts';
import type { TierTrack } from './tierTrack.ts';

/** The name of a tier beside it: a button that opens its menu. */
export function attachTierMargin(track: TierTrack, commands: LabelCommands): void {
  const button = element(
    'button',
    { class: 'tier-name', attributes: { type: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false' } },
    element('bdi', { class: 'tier-name-text' }),
    createIcon('chevron'),
  );
  const items = () => {
    const { scene } = track;
    return scene ? tierMenu(scene.tier, scene.chosen, commands) : [];
  };
  const menu = createMenu(commands.text.labels, items, button, (open) =>
    button.setAttribute('aria-expanded', String(open)),
  );
  button.addEventListener('click', () => (menu.isOpen ? menu.close() : menu.open()));
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    event.stopPropagation();
    menu.open(event.key === 'ArrowUp' ? 'last' : 'first');
  });
  track.margin.append(button, menu.element);
}

export function nameTier({ margin, body }: TierTrack, tier: AnnotationTier, text: AnnotationStrings): void {
  const described = describeTier(tier, text);
  const button = margin.querySelector('button')!;
  // File names are broken where they may be.
  const parts = shownText(tier.name).split(/(?<=[._-])/u);
  margin.querySelector('.tier-name-text')!.replaceChildren(...parts.flatMap((part) => [part, element('wbr')]));
  button.setAttribute('aria-label', fill(text.tierMenu, described));
  button.title = described;
  body.setAttribute('aria-label', described);
}

function tierMenu(tier: AnnotationTier, chosen: number | undefined, commands: LabelCommands): MenuItem[] {
  const { text } = commands;
  const { id, items, can, file } = tier;
  const shown = items.find((item) => item.id === chosen) ?? items[0];
  const saved = file !== '' && shown !== undefined;
  return [
    { kind: 'command', text: text.addLabel, keys: 'M', disabled: !can.items, onPress: () => commands.add(id) },
    {
      ...{ kind: 'command', text: fill(text.showFile, shownText(file) || text.labels), keys: 'T', disabled: !saved },
      onPress: () => shown && commands.showInText({ tier: id, item: shown.id }),
    },
    { kind: 'separator' },
    {
      ...{ kind: 'command', text: text.renameTier, disabled: !can.items },
      onPress: () => commands.update({ naming: { tier: id, item: undefined } }),
    },
    { kind: 'command', text: text.deleteTier, disabled: !can.items, onPress: () => commands.deleteTier(id) },
    { kind: 'separator' },
    ...addTierItems(commands),
  ];
}

export function addTierItems(commands: LabelCommands): MenuItem[] {
  const { text } = commands;
  return [
    { kind: 'command', text: text.addTier, onPress: () => commands.addTier('interval') },
    { kind: 'command', text: text.addPointTier, onPress: () => commands.addTier('point') },
  ];
}

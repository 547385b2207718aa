import { createMenuButton, type MenuItem } from '../../ui/menu.ts';
import type { ViewModel } from '../viewModel.ts';
import type { LabelCommands } from './labelCommands.ts';
import { addTierItems } from './tierMargin.ts';

/** The toolbar's way to labels. */
export function createLabelsMenu({ state }: ViewModel, commands: LabelCommands): HTMLElement {
  const { text } = commands;
  const items = (): MenuItem[] => [
    { kind: 'command', text: text.addLabel, icon: 'tag', keys: 'M', onPress: () => commands.add() },
    ...addTierItems(commands),
    { kind: 'separator' },
    {
      ...{ kind: 'checkbox', text: text.playOnClick, checked: state.state.playOnClick },
      onPress: () => state.update({ playOnClick: !state.state.playOnClick }),
    },
  ];
  return createMenuButton({ icon: 'tag', label: text.labelsMenu, class: 'tool-labels', items });
}

import { createMenuButton, type MenuItem } from '../../ui/menu.ts';
import type { ViewModel } from '../viewModel.ts';
import { inspect, inspectionsIn, stretchToInspect } from './inspection.ts';
import { type LaneName, laneNames } from './laneChoice.ts';
import { referenceTiers } from './references.ts';
import { modelStringsFor } from './strings.ts';

/** Which lanes are shown under the picture. One that needs a model asks it about what is seen, unless that is known. */
export function createLanesMenu(model: ViewModel): HTMLElement {
  const { state, live } = model;
  const text = modelStringsFor(document.documentElement.lang);
  const toggle = (name: LaneName) => {
    const shown = !state.state.lanes[name];
    state.update({ lanes: { ...state.state.lanes, [name]: shown } });
    const asks = name === 'alignment' || name === 'posteriors';
    if (shown && asks && inspectionsIn(model, stretchToInspect(model)).length === 0) void inspect(model);
  };
  const tierItems = (): MenuItem[] => {
    const tiers = referenceTiers(live.state.annotations);
    if (tiers.length < 2) return [];
    const chosen = tiers.find(({ id }) => id === state.state.referenceTier) ?? tiers[0];
    return [
      { kind: 'heading', text: text.compareWith },
      ...tiers.map((tier) => ({
        kind: 'radio' as const,
        text: tier.name,
        title: tier.file,
        checked: tier === chosen,
        onPress: () => state.update({ referenceTier: tier.id }),
      })),
    ];
  };
  return createMenuButton({
    icon: 'lanes',
    text: text.lanes,
    label: text.lanesMenu,
    class: 'lanes-menu',
    items: () => [
      ...laneNames.map((name) => ({
        kind: 'checkbox' as const,
        text: text.choices[name],
        title: text.titles[name],
        checked: state.state.lanes[name],
        onPress: () => toggle(name),
      })),
      ...tierItems(),
    ],
  });
}

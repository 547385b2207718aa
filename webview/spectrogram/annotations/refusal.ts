import { element } from '../../ui/elements.ts';
import { createIcon } from '../../ui/icons.ts';
import { createButton } from '../../ui/toolkit.ts';
import type { Layout } from '../layout.ts';
import type { ViewModel } from '../viewModel.ts';
import type { LabelCommands } from './labelCommands.ts';
import type { TierTrack } from './tierTrack.ts';

/** Why an edit was not made, over the tier that it was meant for. */
export function createRefusal(
  layout: Layout,
  { live, text }: ViewModel,
  commands: LabelCommands,
  tracks: ReadonlyMap<string, TierTrack>,
): { show(): void } {
  const icon = element('span', { class: 'result-icon' });
  icon.append(createIcon('warning'));
  const message = element('span', { class: 'refusal-text' });
  const close = createButton({
    icon: 'close',
    label: text.close,
    onPress: () => commands.update({ refusal: undefined }),
  });
  const box = element('div', { class: 'refusal', role: 'alert' }, icon, message, close);
  box.hidden = true;
  layout.plots.append(box);
  let shown: unknown;
  return {
    show() {
      const { refusal } = live.state.tiers;
      box.hidden = !refusal;
      if (!refusal) {
        shown = undefined;
        return;
      }
      if (shown !== refusal) message.textContent = refusal.message;
      shown = refusal;
      const plots = layout.plots.getBoundingClientRect();
      const beside = (tracks.get(refusal.tier)?.row ?? layout.tracks).getBoundingClientRect();
      box.style.bottom = `${Math.max(4, Math.min(plots.height - 40, plots.bottom - beside.top + 2))}px`;
    },
  };
}

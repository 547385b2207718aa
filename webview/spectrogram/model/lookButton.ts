import { createButton } from '../../ui/toolkit.ts';
import { stretchOf } from '../hand/selection.ts';
import type { ViewModel } from '../viewModel.ts';
import { inspect, isTooLong, stretchToInspect } from './inspection.ts';
import type { ModelStrings } from './strings.ts';

/** Beside a lane: asks the model about the selection, or about what is seen now. */
export function createLookButton(model: ViewModel, text: ModelStrings): { element: HTMLElement; show(): void } {
  const button = createButton({
    icon: 'transcribe',
    label: text.lookIntoView,
    class: 'look-button',
    onPress: () => void inspect(model),
  });
  return {
    element: button,
    show() {
      const name = stretchOf(model.state.state.selection) ? text.lookIntoSelection : text.lookIntoView;
      if (button.getAttribute('aria-label') !== name) {
        button.setAttribute('aria-label', name);
        button.setAttribute('title', name);
      }
      const disabled = model.live.state.inspecting !== undefined || isTooLong(stretchToInspect(model));
      button.toggleAttribute('disabled', disabled);
    },
  };
}

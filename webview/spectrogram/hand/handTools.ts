import { element } from '../../ui/elements.ts';
import { createMenuButton, type MenuItem } from '../../ui/menu.ts';
import { createButton } from '../../ui/toolkit.ts';
import type { Action } from '../actions.ts';
import type { ViewModel } from '../viewModel.ts';
import type { BackForward } from './backForward.ts';
import type { HandText } from './handText.ts';
import { stretchOf } from './selection.ts';
import { snapModes } from './snap.ts';
import { axisLocks } from './zoomPan.ts';

export interface HandTools {
  readonly elements: HTMLElement[];
  show(): void;
}

/** Buttons of the toolbar: through the views, zooming, and how the hand works. */
export function createHandTools(
  model: ViewModel,
  text: HandText,
  backForward: BackForward,
  perform: (action: Action) => void,
): HandTools {
  const back = createButton({ icon: 'back', label: text.back, onPress: () => perform('back') });
  const forward = createButton({ icon: 'forward', label: text.forward, onPress: () => perform('forward') });
  const options = createMenuButton({
    icon: 'hand',
    label: text.options,
    items: () => optionItems(model, text, perform),
  });
  const words = model.text;
  const zoomSelection = createButton({
    icon: 'zoomSelection',
    label: words.zoomToSelection,
    onPress: () => perform('zoomToSelection'),
  });
  const group = (...tools: HTMLElement[]) => element('div', { class: 'tool-group' }, ...tools);
  return {
    elements: [
      group(back, forward),
      group(
        createButton({ icon: 'zoomOut', label: words.zoomOut, onPress: () => perform('zoomOut') }),
        createButton({ icon: 'zoomIn', label: words.zoomIn, onPress: () => perform('zoomIn') }),
        createButton({ icon: 'fit', label: words.zoomToFit, onPress: () => perform('zoomToFit') }),
        zoomSelection,
        options,
      ),
    ],
    show() {
      back.toggleAttribute('disabled', !backForward.can('back'));
      forward.toggleAttribute('disabled', !backForward.can('forward'));
      zoomSelection.toggleAttribute('disabled', !stretchOf(model.state.state.selection));
      options.classList.toggle('pressed', model.live.state.boxTool);
    },
  };
}

function optionItems({ state, live }: ViewModel, text: HandText, perform: (action: Action) => void): MenuItem[] {
  return [
    { kind: 'heading', text: text.axes },
    ...axisLocks.map((axisLock): MenuItem => {
      const checked = state.state.axisLock === axisLock;
      return { kind: 'radio', text: text.axisLocks[axisLock], checked, onPress: () => state.update({ axisLock }) };
    }),
    { kind: 'heading', text: text.snapping },
    ...snapModes.map((snap): MenuItem => {
      const checked = state.state.snap === snap;
      return { kind: 'radio', text: text.snapModes[snap], checked, onPress: () => state.update({ snap }) };
    }),
    { kind: 'separator' },
    {
      ...{ kind: 'checkbox', text: text.boxTool, keys: 'B', checked: live.state.boxTool },
      onPress: () => perform('toggleBoxTool'),
    },
    { kind: 'command', text: text.resetZoom, keys: '0', onPress: () => perform('resetZoom') },
    { kind: 'command', text: text.goTo, keys: 'G', onPress: () => perform('goToTime') },
  ];
}

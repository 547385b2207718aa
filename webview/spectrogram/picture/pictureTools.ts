import { baseOf, colormapNames, isInverted, withInversion } from '../../../src/shared/colormap.ts';
import { element } from '../../ui/elements.ts';
import { changeButton, createButton, createDropdown } from '../../ui/toolkit.ts';
import { channelChoices } from '../clipText.ts';
import type { ViewModel } from '../viewModel.ts';
import { pictureStringsFor } from './pictureStrings.ts';
import { createPictureSettings } from './settings/settingsPanel.ts';

/** Buttons and choices of what the picture shows and how it looks. */
export function createPictureTools(model: ViewModel): { element: HTMLElement; show(): void; dispose(): void } {
  const { text, state } = model;
  const settings = createPictureSettings(model);
  const blend = createButton({
    icon: 'smooth',
    label: text.smooth,
    onPress: () => state.update({ smooth: !state.state.smooth }),
  });
  const words = pictureStringsFor(document.documentElement.lang);
  const invert = createButton({
    icon: 'contrast',
    label: words.invert,
    onPress: () => {
      const { colormap } = state.state;
      state.update({ colormap: withInversion(baseOf(colormap), !isInverted(colormap)) });
    },
  });
  return {
    dispose: settings.dispose,
    element: element(
      'div',
      { class: 'tool-group' },
      channelDropdown(model),
      settings.element,
      colorDropdown(model),
      invert,
      blend,
    ),
    show() {
      settings.show();
      const { smooth, colormap } = state.state;
      invert.setAttribute('aria-pressed', String(isInverted(colormap)));
      invert.classList.toggle('pressed', isInverted(colormap));
      const blending = smooth ? text.smooth : text.cells;
      if (blend.getAttribute('aria-label') !== blending) changeButton(blend, smooth ? 'smooth' : 'cells', blending);
    },
  };
}

function channelDropdown({ clip, text, state }: ViewModel): HTMLElement | undefined {
  if (clip.facts.channels < 2) return undefined;
  const { lanes } = pictureStringsFor(document.documentElement.lang);
  const [mixed, ...single] = channelChoices(Math.min(64, clip.facts.channels), text);
  return createDropdown({
    label: text.channel,
    choices: [mixed!, { value: 'lanes', text: lanes }, ...single],
    value: state.state.channelLayout === 'lanes' ? 'lanes' : String(state.state.channel),
    onChange: (value) =>
      state.update(value === 'lanes' ? { channelLayout: 'lanes' } : { channelLayout: 'mixed', channel: Number(value) }),
  });
}

function colorDropdown({ text, state }: ViewModel): HTMLElement {
  return createDropdown({
    label: text.colors,
    choices: colormapNames.map((name) => ({ value: name, text: text.colormaps[name] })),
    value: baseOf(state.state.colormap),
    onChange: (value) => {
      const base = colormapNames.find((name) => name === value) ?? 'viridis';
      state.update({ colormap: withInversion(base, isInverted(state.state.colormap)) });
    },
  });
}

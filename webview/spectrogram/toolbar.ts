import { colormapNames } from '../../src/shared/colormap.ts';
import { element } from '../ui/elements.ts';
import { changeButton, createButton, createDropdown } from '../ui/toolkit.ts';
import type { Action } from './actions.ts';
import { channelChoices, factsText } from './clipText.ts';
import { createSpeedMenu } from './ear/speedMenu.ts';
import { stretchOf } from './hand/selection.ts';
import type { Layout } from './layout.ts';
import type { ViewModel } from './viewModel.ts';

/** Buttons and choices over the lanes. */
export function createToolbar(
  layout: Layout,
  model: ViewModel,
  handTools: HTMLElement[],
  perform: (action: Action) => void,
): { show(): void } {
  const { text, state, live, clip } = model;
  const play = createButton({
    icon: 'play',
    label: text.play,
    class: 'tool-play',
    onPress: () => perform('togglePlayback'),
  });
  const loop = createButton({ icon: 'loop', label: text.loop, onPress: () => perform('toggleLoop') });
  const speed = createSpeedMenu(model);
  const blend = createButton({
    icon: 'smooth',
    label: text.smooth,
    onPress: () => state.update({ smooth: !state.state.smooth }),
  });
  const details = createButton({
    icon: 'info',
    label: text.details,
    onPress: () => state.update({ details: !state.state.details }),
  });
  const transcribe = createButton({
    icon: 'transcribe',
    text: text.transcribe,
    label: text.transcribeSelection,
    appearance: 'primary',
    class: 'tool-transcribe',
    onPress: () => perform('transcribeSelection'),
  });
  const group = (...tools: (HTMLElement | undefined)[]) => element('div', { class: 'tool-group' }, ...tools);
  layout.toolbar.append(
    group(play, loop, speed.element),
    ...handTools,
    group(channelDropdown(model), colorDropdown(model), blend),
    element('span', { class: 'facts', text: factsText(clip.facts, text), title: factsText(clip.facts, text) }),
    group(
      details,
      createButton({ icon: 'keyboard', label: text.shortcuts, onPress: () => perform('help') }),
      transcribe,
    ),
  );
  const press = (button: HTMLElement, pressed: boolean) => {
    button.setAttribute('aria-pressed', String(pressed));
    button.classList.toggle('pressed', pressed);
  };
  return {
    show() {
      const { selection, smooth } = state.state;
      const selected = stretchOf(selection) !== undefined;
      const name = live.state.playing ? text.stop : selected ? text.playSelection : text.play;
      if (play.getAttribute('aria-label') !== name) changeButton(play, live.state.playing ? 'stop' : 'play', name);
      const blending = smooth ? text.smooth : text.cells;
      if (blend.getAttribute('aria-label') !== blending) changeButton(blend, smooth ? 'smooth' : 'cells', blending);
      press(loop, state.state.loop);
      speed.show();
      press(details, state.state.details);
      transcribe.toggleAttribute('disabled', live.state.transcribing !== undefined);
    },
  };
}

function channelDropdown({ clip, text, state }: ViewModel): HTMLElement | undefined {
  if (clip.facts.channels < 2) return undefined;
  return createDropdown({
    label: text.channel,
    choices: channelChoices(Math.min(64, clip.facts.channels), text),
    value: String(state.state.channel),
    onChange: (value) => state.update({ channel: Number(value) }),
  });
}

function colorDropdown({ text, state }: ViewModel): HTMLElement {
  return createDropdown({
    label: text.colors,
    choices: colormapNames.map((name) => ({ value: name, text: text.colormaps[name] })),
    value: state.state.colormap,
    onChange: (value) => state.update({ colormap: colormapNames.find((name) => name === value) ?? 'viridis' }),
  });
}

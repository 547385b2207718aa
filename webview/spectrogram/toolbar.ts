import { element } from '../ui/elements.ts';
import { changeButton, createButton } from '../ui/toolkit.ts';
import type { Action } from './actions.ts';
import type { LabelCommands } from './annotations/labelCommands.ts';
import { createLabelsMenu } from './annotations/labelsMenu.ts';
import { factsText } from './clipText.ts';
import { createSpeedMenu } from './ear/speedMenu.ts';
import { createExportMenu } from './export/exportMenu.ts';
import { stretchOf } from './hand/selection.ts';
import type { Layout } from './layout.ts';
import { createLanesMenu } from './model/lanesMenu.ts';
import { createPictureTools } from './picture/pictureTools.ts';
import type { ViewModel } from './viewModel.ts';

/** Buttons and choices over the lanes. */
export function createToolbar(
  layout: Layout,
  model: ViewModel,
  handTools: HTMLElement[],
  labels: LabelCommands,
  perform: (action: Action) => void,
): { show(): void; dispose(): void } {
  const { text, state, live, clip } = model;
  const play = createButton({
    icon: 'play',
    label: text.play,
    class: 'tool-play',
    onPress: () => perform('togglePlayback'),
  });
  const loop = createButton({ icon: 'loop', label: text.loop, onPress: () => perform('toggleLoop') });
  const speed = createSpeedMenu(model);
  const picture = createPictureTools(model);
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
    picture.element,
    group(createLabelsMenu(model, labels), createLanesMenu(model)),
    element('span', { class: 'facts', text: factsText(clip.facts, text), title: factsText(clip.facts, text) }),
    group(
      createExportMenu(model, perform),
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
    dispose: picture.dispose,
    show() {
      const { selection } = state.state;
      const selected = stretchOf(selection) !== undefined;
      const name = live.state.playing ? text.stop : selected ? text.playSelection : text.play;
      if (play.getAttribute('aria-label') !== name) changeButton(play, live.state.playing ? 'stop' : 'play', name);
      press(loop, state.state.loop);
      speed.show();
      picture.show();
      press(details, state.state.details);
      transcribe.toggleAttribute('disabled', live.state.transcribing !== undefined);
    },
  };
}

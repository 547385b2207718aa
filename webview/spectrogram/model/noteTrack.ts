import { longestInspectionSec } from '../../../src/shared/protocol/listen.ts';
import { formatDuration } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createButton, createProgressRing } from '../../ui/toolkit.ts';
import { stretchOf } from '../hand/selection.ts';
import { createTrack } from '../tracks/track.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { cancelInspection, inspect, inspectionsIn, isTooLong, stretchToInspect } from './inspection.ts';
import type { TrackParts } from './modelTracks.ts';
import type { ModelStrings } from './strings.ts';

/** Over the lanes that need a model: how far it is, why it has nothing to say, or what can be asked of it. */
export function createNoteTrack({ layout, model, text }: TrackParts): { show(): void } {
  const track = createTrack(layout, 'model-note', text.model, 'group');
  const bar = element('div', { class: 'model-share', attributes: { 'aria-hidden': 'true' } });
  // Read out when it changes.
  const said = element('div', { class: 'model-said', attributes: { 'aria-live': 'polite' } });
  track.body.append(bar, said);
  let shown = '';
  return {
    show() {
      const { inspecting, inspectionFailure } = model.live.state;
      const note = noteOf(model);
      track.row.hidden = note === undefined;
      bar.hidden = !inspecting;
      if (inspecting) bar.style.transform = `scaleX(${inspecting.share})`;
      const share = inspecting ? Math.floor(inspecting.share * 20) : 0;
      const key = JSON.stringify([note, inspecting?.request, share, inspectionFailure, askName(model, text)]);
      if (key === shown) return;
      shown = key;
      const held = said.contains(document.activeElement);
      said.replaceChildren(...(note === undefined ? [] : contents[note](model, text)));
      if (held) said.querySelector<HTMLElement>('vscode-button')?.focus();
    },
  };
}

type Note = 'listening' | 'failed' | 'tooLong' | 'notYet';

function noteOf(model: ViewModel): Note | undefined {
  const { lanes } = model.state.state;
  if (!lanes.alignment && !lanes.posteriors) return undefined;
  if (model.live.state.inspecting) return 'listening';
  if (model.live.state.inspectionFailure) return 'failed';
  if (inspectionsIn(model, stretchOf(model.state.state.selection) ?? viewportOf(model)).length > 0) return undefined;
  return isTooLong(stretchToInspect(model)) ? 'tooLong' : 'notYet';
}

const askName = (model: ViewModel, text: ModelStrings): string =>
  stretchOf(model.state.state.selection) ? text.lookIntoSelection : text.lookIntoView;

const contents: Record<Note, (model: ViewModel, text: ModelStrings) => HTMLElement[]> = {
  listening(model, text) {
    const { startSec, endSec, share } = model.live.state.inspecting!;
    const duration = formatDuration(endSec - startSec);
    const percent = 5 * Math.floor(share * 20);
    const label = percent === 0 ? fill(text.listening, duration) : fill(text.listeningShare, duration, percent);
    return [
      createProgressRing(label),
      sentence(label),
      createButton({ text: text.cancel, appearance: 'secondary', onPress: () => cancelInspection(model) }),
    ];
  },
  failed(model, text) {
    const { message, actions } = model.live.state.inspectionFailure!;
    return [
      sentence(message),
      ...actions.map(({ action, title }, index) =>
        createButton({
          text: title,
          appearance: index === 0 ? 'primary' : 'secondary',
          onPress: () => void model.remote.runAction(action).catch(() => {}),
        }),
      ),
      createButton({ text: text.tryAgain, appearance: 'secondary', onPress: () => void inspect(model) }),
    ];
  },
  tooLong: (_, text) => [sentence(fill(text.tooLong, longestInspectionSec / 60))],
  notYet: (model, text) => [
    sentence(text.notYet),
    createButton({ text: askName(model, text), appearance: 'secondary', onPress: () => void inspect(model) }),
  ],
};

const sentence = (text: string) => element('span', { class: 'model-sentence', text, title: text });

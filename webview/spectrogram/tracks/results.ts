import { formatDuration } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createIcon } from '../../ui/icons.ts';
import { createButton, createProgressRing } from '../../ui/toolkit.ts';
import type { Moves } from '../hand/moves.ts';
import type { Layout } from '../layout.ts';
import type { ViewModel } from '../viewModel.ts';
import type { Transcript } from '../viewState.ts';
import { stretchText } from './track.ts';
import { cancelTranscription, transcribe } from './transcription.ts';

/** What was transcribed, as text, and why it could not be. */
export function createResults(layout: Layout, model: ViewModel, moves: Moves): { show(): void } {
  let key: unknown[] = [];
  // Read out when it appears.
  const answer = element('div', { class: 'result-list', attributes: { 'aria-live': 'polite' } });
  layout.results.append(answer);
  return {
    show() {
      const { transcripts } = model.state.state;
      const { transcribing, failure } = model.live.state;
      const now = [transcripts, transcribing, failure];
      if (now.every((one, i) => one === key[i]) && key.length > 0) return;
      key = now;
      layout.results.hidden = transcripts.length === 0 && !transcribing && !failure;
      answer.replaceChildren(
        ...[
          transcribing && pendingRow(model),
          failure && failureRow(model),
          ...transcripts.map((transcript) => resultRow(transcript, model, moves)),
        ].filter((row) => row !== undefined),
      );
    },
  };
}

function pendingRow(model: ViewModel): HTMLElement {
  const { text } = model;
  const { startSec, endSec } = model.live.state.transcribing!;
  const label = fill(text.transcribing, formatDuration(endSec - startSec));
  return element(
    'div',
    { class: 'result result-pending' },
    createProgressRing(label),
    element('span', { class: 'result-text', text: label }),
    createButton({ text: text.cancel, appearance: 'secondary', onPress: () => cancelTranscription(model) }),
  );
}

function failureRow(model: ViewModel): HTMLElement {
  const { text, live, remote } = model;
  const { message, actions } = live.state.failure!;
  const icon = element('span', { class: 'result-icon' });
  icon.append(createIcon('warning'));
  return element(
    'div',
    { class: 'result result-failure', role: 'alert' },
    icon,
    element('span', { class: 'result-text', text: message }),
    ...actions.map(({ action, title }, index) =>
      createButton({
        text: title,
        appearance: index === 0 ? 'primary' : 'secondary',
        onPress: () => void remote.runAction(action).catch(() => {}),
      }),
    ),
    createButton({ text: text.tryAgain, appearance: 'secondary', onPress: () => void transcribe(model) }),
    createButton({ icon: 'close', label: text.close, onPress: () => live.update({ failure: undefined }) }),
  );
}

function resultRow(transcript: Transcript, model: ViewModel, moves: Moves): HTMLElement {
  const { text, state, remote } = model;
  const range = element('button', {
    class: 'result-range',
    text: stretchText(transcript),
    title: fill(text.goTo, stretchText(transcript)),
    attributes: { type: 'button' },
  });
  range.addEventListener('click', () => {
    moves.select(transcript);
    moves.zoomToSelection();
  });
  const words = element('span', { class: 'result-text', text: transcript.text || text.nothingHeard });
  words.classList.toggle('quiet', transcript.text === '');
  const name = transcript.model.split(/[\\/]/).filter(Boolean).at(-1) ?? transcript.model;
  return element(
    'div',
    { class: 'result' },
    range,
    words,
    element('span', { class: 'result-model', text: name, title: transcript.model }),
    createButton({
      icon: 'copy',
      label: text.copy,
      onPress: () => void remote.copyText(transcript.text).catch(() => {}),
    }),
    createButton({
      icon: 'close',
      label: text.remove,
      onPress: () => state.update({ transcripts: state.state.transcripts.filter((other) => other !== transcript) }),
    }),
  );
}

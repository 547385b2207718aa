import type { TranscribedWord } from '../../src/shared/protocol/spectrogram.ts';
import { formatDuration, formatTime } from '../ui/axisText.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createIcon } from '../ui/icons.ts';
import { createButton, createProgressRing } from '../ui/toolkit.ts';
import type { Layout } from './layout.ts';
import type { Moves } from './moves.ts';
import type { Stretch } from './selection.ts';
import { cancelTranscription, transcribe } from './transcription.ts';
import { type ViewModel, viewportOf } from './viewModel.ts';
import { timeScale } from './viewport.ts';
import type { Transcript } from './viewState.ts';

const rangeText = ({ startSec, endSec }: Stretch) => `${formatTime(startSec, 2)} – ${formatTime(endSec, 2)}`;

/** The lane of words under the spectrogram: one box per word, at its time. */
export function createWordLane(layout: Layout, model: ViewModel, moves: Moves, play: (stretch: Stretch) => void) {
  let shown: Transcript[] | undefined;
  let boxes: { word: Stretch; box: HTMLElement }[] = [];
  const pending = element('div', { class: 'word-pending' });

  const rebuild = () => {
    const { transcripts } = model.state.state;
    shown = transcripts;
    boxes = transcripts.flatMap((transcript) => {
      const range = element('div', { class: 'word-range', attributes: { 'aria-hidden': 'true' } });
      const words = transcript.words.map((word) => ({ word, box: wordBox(word, model, moves, play) }));
      return [{ word: transcript, box: range }, ...words];
    });
    layout.words.replaceChildren(...boxes.map(({ box }) => box), pending);
  };
  return {
    show() {
      if (shown !== model.state.state.transcripts) rebuild();
      const { transcribing } = model.live.state;
      layout.words.hidden = boxes.length === 0 && !transcribing;
      if (layout.words.hidden) return;
      const width = layout.words.clientWidth;
      const { toPx } = timeScale(viewportOf(model), width);
      const put = (box: HTMLElement, { startSec, endSec }: Stretch) => {
        const [from, to] = [Math.max(-10, toPx(startSec)), Math.min(width + 10, toPx(endSec))];
        box.hidden = to < 0 || from > width || to <= from;
        if (box.hidden) return;
        box.style.transform = `translateX(${from}px)`;
        box.style.width = `${Math.max(2, to - from)}px`;
      };
      for (const { word, box } of boxes) put(box, word);
      pending.hidden = !transcribing;
      if (transcribing) put(pending, transcribing);
    },
  };
}

function wordBox(word: TranscribedWord, model: ViewModel, moves: Moves, play: (stretch: Stretch) => void): HTMLElement {
  const sure = word.confidence === undefined ? '' : `, ${Math.round(word.confidence * 100)} %`;
  const name = `${word.text}, ${rangeText(word)}${sure}`;
  const button = element('button', {
    class: 'word',
    text: word.text,
    label: name,
    title: name,
    attributes: { type: 'button' },
  });
  if (word.confidence !== undefined) button.style.setProperty('--confidence', String(word.confidence));
  button.addEventListener('click', () => {
    moves.select(word);
    model.state.update({ cursorSec: word.startSec });
    play(word);
  });
  const item = element('div', { class: 'word-item', role: 'listitem' }, button);
  return item;
}

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
    text: rangeText(transcript),
    title: fill(text.goTo, rangeText(transcript)),
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
